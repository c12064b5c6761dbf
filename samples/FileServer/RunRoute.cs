using System.ComponentModel;
using System.Diagnostics;
using System.Net.Sockets;

namespace Zerocopy.Samples.FileServer;

/// <summary>GET of a command's output, as it comes. Its bytes are spliced from the command's own pipe to the socket;
/// where they end, the connection does. A command that fails before it has said anything is an error of the server's;
/// one that fails later is cut off, because a clean end would say that this was all.</summary>
internal static class RunRoute
{
    private const int ExitMs = 1000;

    internal static async Task AnswerAsync(Exchange exchange, string command)
    {
        exchange.Closes = true; // How long it will be, nobody knows.
        if (exchange.Request.IsHead)
        {
            exchange.Send(Head(exchange));
            return;
        }

        using Process process = Start(command);
        try
        {
            process.StandardInput.Close();
            bool hasBegun = await StreamAsync(exchange, process).ConfigureAwait(false);
            if (process.WaitForExit(ExitMs) && process.ExitCode != 0)
            {
                string what = $"ended with exit code {process.ExitCode}";
                exchange.Report($"'{command}' {what}");
                throw hasBegun ? new IOException($"the command {what}")
                    : new HttpException(500, $"the command {what}, without a word");
            }

            if (!hasBegun)
            {
                exchange.Send(Head(exchange));
            }
        }
        finally
        {
            process.Kill(entireProcessTree: true); // Does nothing if it has ended.
            await process.WaitForExitAsync().ConfigureAwait(false);
            process.StandardOutput.Dispose();
        }
    }

    private static ReadOnlyMemory<byte> Head(Exchange exchange)
        => exchange.Head(200).Add("Content-Type", "application/octet-stream").Add("Cache-Control", "no-store")
            .End(closes: true);

    /// <summary>Sends the output until it ends or the client is gone.</summary>
    /// <returns>False if there was none: nothing has been sent then.</returns>
    private static async Task<bool> StreamAsync(Exchange exchange, Process process)
    {
        using CancellationTokenSource over = new();

        // A command may be silent for long. That nobody listens any more shows on the other direction, whose end is
        // taken for the client's, as other servers do.
        Task client = WhenGoneAsync(exchange.Socket, over);
        try
        {
            return await SendAsync(exchange, process.StandardOutput.BaseStream, over.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ITransferFailure failure)
        {
            exchange.Add(failure.Progress);
            throw;
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
            await client.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task WhenGoneAsync(Socket socket, CancellationTokenSource over)
    {
        try
        {
            _ = await Transfer.CopyAsync(socket, Stream.Null, cancellationToken: over.Token).ConfigureAwait(false);
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
        }
    }

    private static async Task<bool> SendAsync(Exchange exchange, Stream output, CancellationToken over)
    {
        // The first byte decides what the answer is. No more is taken: the rest stays in the pipe, to be spliced.
        using MemoryStream first = new();
        TransferOptions options = new() { LimitBytes = 1, Mode = exchange.Options.Mode };
        TransferResult begun = await Transfer.CopyAsync(output, first, options, over).ConfigureAwait(false);
        if (begun.BytesConsumed == 0)
        {
            return false;
        }

        byte[] prefix = [.. Head(exchange).Span, .. first.ToArray()];
        options = new TransferOptions { Prefix = prefix, Mode = exchange.Options.Mode };
        exchange.Add(await Transfer.CopyAsync(output, exchange.Socket, options, over).ConfigureAwait(false));
        return true;
    }

    private static Process Start(string command)
    {
        ProcessStartInfo start = new("/bin/sh")
        {
            ArgumentList = { "-c", command },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new HttpException(503, "the command cannot be started now");
        }
    }
}
