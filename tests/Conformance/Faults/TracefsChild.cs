// Mounts tracefs, where regular files cannot seek, writes a mark and reads it again.
using System.Text;
using Microsoft.Win32.SafeHandles;
using Xunit;
using Zerocopy.Conformance.Files;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Faults;

internal sealed class TracefsChild : IChild
{
    private const string At = "/mnt";

    public int Run(string[] args)
    {
        string own = $"{At}/instances/zerocopy-{Environment.ProcessId}";
        if (!Mount.Run("mount", "-t", "tracefs", "tracefs", At) || !Mount.Run("mkdir", own))
        {
            return ChildProcess.Skip("this kernel has no tracefs");
        }

        try
        {
            foreach (TransferMode mode in (TransferMode[])[TransferMode.Auto, TransferMode.CopyOnly])
            {
                foreach (Call call in Enum.GetValues<Call>())
                {
                    ByHandle(own, mode, call).GetAwaiter().GetResult();
                    ByStream(own, mode, call).GetAwaiter().GetResult();
                }
            }
        }
        finally
        {
            Mount.Run("rmdir", own);
        }

        Console.WriteLine("done");
        return 0;
    }

    private static async Task ByHandle(string own, TransferMode mode, Call call)
    {
        using SafeFileHandle marker = File.OpenHandle(
            $"{own}/trace_marker", FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        using SafeFileHandle pipe = File.OpenHandle($"{own}/trace_pipe");
        await There(marker, pipe, mode, call);
        ArgumentException refused = await Assert.ThrowsAsync<ArgumentException>(() => Rig.Start(
            call, TransferEndpoint.FromHandle(pipe, 0), Stream.Null).Within("an offset"));
        Assert.Equal("source", refused.ParamName);
    }

    private static async Task ByStream(string own, TransferMode mode, Call call)
    {
        // It believes that it seeks, so what a FileStream with a buffer has read ahead is dropped by its own Flush.
        using FileStream marker = new($"{own}/trace_marker", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0);
        using FileStream pipe = new($"{own}/trace_pipe", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0);
        await There(marker, pipe, mode, call);
    }

    private static async Task There(TransferEndpoint marker, TransferEndpoint pipe, TransferMode mode, Call call)
    {
        string mark = $"zerocopy {mode} {call}\n";
        using MemoryStream bytes = new(Encoding.ASCII.GetBytes(mark));
        TransferResult written = await Rig.Start(call, bytes, marker, new TransferOptions { Mode = mode })
            .Within("the marker", 10_000);
        Assert.Equal(mark.Length, written.BytesWritten);

        // A line is longer than its mark, and how long is the kernel's affair.
        StringBuilder text = new();
        while (!text.ToString().EndsWith('\n'))
        {
            using MemoryStream read = new();
            await Rig.Start(call, pipe, read, new TransferOptions { Mode = mode, LimitBytes = 1 })
                .Within("the trace", 10_000);
            text.Append(Encoding.ASCII.GetString(read.ToArray()));
        }

        Assert.Contains(mark, text.ToString(), StringComparison.Ordinal);
    }
}
