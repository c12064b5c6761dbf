// Pipes of others in every position. They stay as they were: blocking or not.
using System.Diagnostics;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Files;

public sealed class ForeignPipeTests
{
    private const int Bytes = 300_001;

    private static readonly TransferMode[] s_modes = Matrix.Modes;

    public static TheoryData<PipeForm, What, What> Positions { get; } = new(
        from form in Enum.GetValues<PipeForm>()
        from position in ((What, What)[])
        [
            (What.Foreign, What.Tcp), (What.Foreign, What.Unix), (What.Foreign, What.File), (What.Foreign, What.Stream),
            (What.Foreign, What.Pipe), (What.Foreign, What.Foreign), (What.Tcp, What.Foreign),
            (What.Unix, What.Foreign), (What.File, What.Foreign), (What.Stream, What.Foreign),
            (What.Pipe, What.Foreign),
        ]
        select new TheoryDataRow<PipeForm, What, What>(form, position.Item1, position.Item2));

    public static TheoryData<PipeForm, Call> FormsCalls { get; } =
        new MatrixTheoryData<PipeForm, Call>(Enum.GetValues<PipeForm>(), Enum.GetValues<Call>());

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Positions))]
    [Cases("X-09", "GO-68..GO-70", "GS-07")]
    public async Task Every_position(PipeForm form, What from, What to)
    {
        TransferMechanism? route = form == PipeForm.NamedStreams ? null : RouteOf(from, to);
        foreach (TransferMode mode in s_modes)
        {
            if (mode == TransferMode.RequireZeroCopy && route is null or TransferMechanism.ReadWrite)
            {
                continue;
            }

            foreach (Call call in Enum.GetValues<Call>())
            {
                using AnySource source = new(from, form, Bytes);
                using AnyDestination destination = new(to, form);
                StatusFlags? readFlags = source.Flags;
                StatusFlags? writeFlags = destination.Flags;
                TransferResult result = await Rig.Start(
                    call, source.Endpoint, destination.Endpoint, new TransferOptions { Mode = mode })
                    .Within($"{mode} {call}");
                FileAssert.Moved(result, Bytes, route ?? result.Mechanism, mode);
                Assert.Equal(TransferEnd.EndOfStream, result.EndedBy);
                if (Platform.HasKernel) // .NET puts the pipes of its own streams into non-blocking mode.
                {
                    Assert.Equal((readFlags, writeFlags), (source.Flags, destination.Flags));
                }

                Assert.Equal(Bytes, await destination.EndAndCount());
                await source.Fed.Within("the writer");
            }
        }
    }

    // Two bytes with a pause: the late one is not dropped.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FormsCalls))]
    [Cases("GS-10")]
    public async Task A_late_second_write(PipeForm form, Call call)
    {
        foreach (TransferMode mode in (TransferMode[])[TransferMode.Auto, TransferMode.CopyOnly])
        {
            using ForeignPipe pipe = ForeignPipe.Open(form);
            using SocketPair pair = SocketPair.Tcp();
            pipe.Write("a"u8);
            Task<TransferResult> transfer = Rig.Start(
                call, pipe.ReadEnd, pair.Near, new TransferOptions { Mode = mode });
            Assert.Equal("a"u8.ToArray(), await Peer.ReadExactly(pair.Far, 1).Within("the first byte"));
            await Task.Delay(40);
            Assert.False(transfer.IsCompleted, "it ended in the pause");
            pipe.Write("b"u8);
            pipe.CloseWrite();
            Assert.Equal(2, (await transfer.Within("the transfer")).BytesWritten);
            pair.Near.Shutdown(SocketShutdown.Send);
            Assert.Equal("b"u8.ToArray(), await Peer.ReadAll(pair.Far).Within("the reader"));
        }
    }

    // What is behind a limit is still in the pipe, and reading it waits or does not as before.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FormsCalls))]
    [Cases("GS-07")]
    public async Task A_limit_leaves_the_rest(PipeForm form, Call call)
    {
        foreach (TransferMode mode in (TransferMode[])[TransferMode.Auto, TransferMode.CopyOnly])
        {
            using ForeignPipe pipe = ForeignPipe.Open(form);
            using SocketPair pair = SocketPair.Tcp();
            StatusFlags before = pipe.ReadFlags;
            pipe.Write("hello"u8);
            TransferOptions options = new() { Mode = mode, LimitBytes = 1 };
            TransferResult result = await Rig.Start(call, pipe.ReadEnd, pair.Near, options).Within("the transfer");
            Assert.Equal((1, 1, 0L), (result.BytesConsumed, result.BytesWritten, result.LimitRemaining));
            Assert.True(before == pipe.ReadFlags || !Platform.HasKernel, $"{pipe.ReadFlags}");
            byte[] rest = new byte[10];
            Assert.Equal(4, pipe.Read(rest));
            Assert.Equal("ello"u8, rest.AsSpan(0, 4));
        }
    }

    // The reader goes away: an error of the destination each time, and the process lives.
    [KernelOnly(Why.Words)]
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FormsCalls))]
    [Cases("GO-107")]
    public async Task Nobody_reads(PipeForm form, Call call)
    {
        foreach (TransferMode mode in (TransferMode[])[TransferMode.Auto, TransferMode.CopyOnly])
        {
            using ForeignPipe pipe = ForeignPipe.Open(form);
            pipe.CloseRead();
            using SocketPair pair = SocketPair.Tcp();
            for (int i = 0; i < 3; i++)
            {
                pair.Far.Send("hi"u8);
                TransferException thrown = await Assert.ThrowsAsync<TransferException>(() => Rig.Start(
                    call, pair.Near, pipe.WriteEnd, new TransferOptions { Mode = mode }).Within("the transfer"));
                Assert.Equal((Libc.EPipe, TransferSide.Destination), (thrown.Error, thrown.Side));
                Assert.Equal(0, thrown.Progress.BytesWritten);
            }
        }
    }

    // Through a program: into its standard input and out of its standard output at the same time.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.FamiliesModesCalls), MemberType = typeof(Matrix))]
    [Cases("X-09")]
    public async Task Through_a_process(Family family, TransferMode mode, Call call)
    {
        const int Total = 1_000_003;
        using Process cat = Process.Start(new ProcessStartInfo("cat")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        using Rig rig = new(family, family);
        using Stream input = cat.StandardInput.BaseStream;
        using Stream output = cat.StandardOutput.BaseStream;
        Task<long> writer = Peer.Write(rig.Writer, Total);
        Task<Received> reader = Peer.Read(rig.Reader);
        TransferOptions options = new() { Mode = mode };
        Task<TransferResult> back = Rig.Start(call, output, rig.Destination, options);
        TransferResult there = await Rig.Start(call, rig.Source, input, options).Within("into the process");
        input.Dispose();
        FileAssert.Moved(there, Total, TransferMechanism.Splice, mode);
        FileAssert.Moved(await back.Within("out of the process"), Total, TransferMechanism.Splice, mode);
        rig.Destination.Shutdown(SocketShutdown.Send);
        await Peer.AssertAll(Total, writer, reader);
        await cat.WaitForExitAsync().Within("the process");
        Assert.Equal(0, cat.ExitCode);
    }

    private static TransferMechanism RouteOf(What from, What to) => (from, to) switch
    {
        (What.Stream, _) or (_, What.Stream) => TransferMechanism.ReadWrite,
        (What.File, _) => TransferMechanism.ReadWrite, // Unless its pages may be shared.
        _ => TransferMechanism.Splice,
    };
}
