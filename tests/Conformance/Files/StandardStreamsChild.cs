// Moves bytes between the descriptors that it inherited, as a filter in a shell's pipeline does.
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Files;

/// <remarks>Prints nothing: standard output is what is tested.</remarks>
internal sealed class StandardStreamsChild : IChild
{
    private readonly SafeFileHandle _input = new(0, ownsHandle: false);

    public int Run(string[] args)
    {
        Call call = Enum.Parse<Call>(args[1]);
        (args[0] switch
        {
            "copy" => Copy(call, int.Parse(args[2], CultureInfo.InvariantCulture), args[3..]),
            "non-blocking" => CopyNonBlocking(call),
            "directory" => RefuseDirectory(call),
            "no reader" => WithoutReader(call, int.Parse(args[2], CultureInfo.InvariantCulture)),
            _ => throw new ArgumentException(args[0]),
        }).GetAwaiter().GetResult();
        return 0;
    }

    /// <summary>Standard input to one of the others, in parts if limits are given, then the rest.</summary>
    private async Task Copy(Call call, int to, string[] limits)
    {
        using SafeFileHandle output = new(to, ownsHandle: false);
        StatusFlags[] before = [HandleState.FlagsOf(_input), HandleState.FlagsOf(output)];
        foreach (string limit in limits)
        {
            TransferOptions options = new() { LimitBytes = long.Parse(limit, CultureInfo.InvariantCulture) };
            TransferResult part = await Rig.Start(call, _input, output, options).Within("a part");
            Assert.Equal(TransferEnd.LimitReached, part.EndedBy);
        }

        TransferResult rest = await Rig.Start(call, _input, output).Within("the rest");
        Assert.Equal(TransferEnd.EndOfStream, rest.EndedBy);
        Assert.Equal(before, [HandleState.FlagsOf(_input), HandleState.FlagsOf(output)]);
    }

    private async Task CopyNonBlocking(Call call)
    {
        StatusFlags flags = HandleState.FlagsOf(_input) | StatusFlags.NonBlocking;
        HandleState.SetFlags(_input, flags);
        using SafeFileHandle output = new(1, ownsHandle: false);
        TransferResult result = await Rig.Start(call, _input, output).Within("the transfer");
        Assert.Equal(TransferEnd.EndOfStream, result.EndedBy);
        Assert.Equal(flags, HandleState.FlagsOf(_input));
    }

    private async Task RefuseDirectory(Call call)
    {
        ArgumentException thrown = await Assert.ThrowsAsync<ArgumentException>(
            () => Rig.Start(call, _input, Stream.Null).Within("the refusal"));
        Assert.Equal("source", thrown.ParamName);
        Assert.Contains("Directory", thrown.Message, StringComparison.Ordinal);
    }

    /// <summary>An error each time, and no signal ends the process.</summary>
    private static async Task WithoutReader(Call call, int to)
    {
        using SafeFileHandle output = new(to, ownsHandle: false);
        Assert.True(FdLease.TryAcquire(output, out FdLease lease));
        using (lease)
        {
            PollFd[] fds = [new PollFd(lease.Fd, PollEvents.None)];
            await Deadline.Until("the reader is gone", () =>
            {
                Assert.False(Syscall.Poll(fds, timeoutMs: 0).IsError);
                return (fds[0].Returned & PollEvents.Error) != 0;
            });
        }

        for (int i = 0; i < 5; i++)
        {
            using SocketPair pair = SocketPair.Unix();
            pair.Far.Send("hi"u8);
            foreach (TransferMode mode in (TransferMode[])[TransferMode.RequireZeroCopy, TransferMode.CopyOnly])
            {
                TransferException thrown = await Assert.ThrowsAsync<TransferException>(() => Rig.Start(
                    call, pair.Near, output, new TransferOptions { Mode = mode }).Within("the transfer"));
                Assert.Equal((Libc.EPipe, TransferSide.Destination), (thrown.Error, thrown.Side));
                pair.Far.Send("hi"u8);
            }
        }
    }
}
