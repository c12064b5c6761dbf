using System.ComponentModel;
using System.Diagnostics;

namespace Zerocopy.Samples.FileServer;

/// <summary>GET of a command's output, as it comes. Its bytes are spliced from the command's own pipe to the socket;
/// where they end, the connection does.</summary>
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
            await StreamAsync(exchange, process.StandardOutput.BaseStream).ConfigureAwait(false);
            if (process.WaitForExit(ExitMs) && process.ExitCode != 0)
            {
                exchange.Report($"'{command}' ended with exit code {process.ExitCode}");
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
    private static async Task StreamAsync(Exchange exchange, Stream output)
    {
        TransferOptions options = new() { Prefix = Head(exchange), Mode = exchange.Options.Mode };
        using CancellationTokenSource over = new();
        Task<TransferResult> body = Transfer.CopyAsync(output, exchange.Socket, options, over.Token).AsTask();

        // A command may be silent for long. That nobody listens any more shows on the other direction, whose end is
        // taken for the client's, as other servers do.
        Task<TransferResult> client = Transfer.CopyAsync(exchange.Socket, Stream.Null, cancellationToken: over.Token).AsTask();
        _ = await Task.WhenAny(body, client).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        await ((Task)client).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            exchange.Add(await body.ConfigureAwait(false));
        }
        catch (Exception e) when (e is ITransferFailure failure)
        {
            exchange.Add(failure.Progress);
            throw;
        }
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
            throw new HttpException(503, "it cannot be started now");
        }
    }
}
