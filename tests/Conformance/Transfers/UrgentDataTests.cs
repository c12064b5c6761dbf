// TCP's urgent byte is not carried, and never in the way: splice cannot pass its mark.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Transfers;

public sealed class UrgentDataTests
{
    private const int Part = 300_000;

    public static TheoryData<Family, TransferMode, Call> Rows { get; } =
        new MatrixTheoryData<Family, TransferMode, Call>(
        Enum.GetValues<Family>(), [TransferMode.Auto, TransferMode.CopyOnly], Enum.GetValues<Call>());

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    public async Task An_urgent_byte_in_mid_stream_is_stepped_over(Family destination, TransferMode mode, Call call)
    {
        using Rig rig = new(Family.Tcp, destination);
        Task<TransferResult> transfer = rig.Start(call, new TransferOptions { Mode = mode });
        Task<Received> reader = Peer.Read(rig.Reader);

        await Peer.Write(rig.Writer, Part, finish: false).Within("the writer");
        rig.Writer.Send("!"u8, SocketFlags.OutOfBand);
        await Peer.Write(rig.Writer, Part, start: Part, finish: false).Within("the writer");

        // Not only an end of stream gets the flow past the mark.
        await Deadline.Until("everything is taken", () => rig.Source.Available == 0, 5000);
        rig.Writer.Shutdown(SocketShutdown.Send);

        ResultAssert.Moved(await transfer.Within("the transfer"), 2 * Part, mode);
        rig.Destination.Shutdown(SocketShutdown.Send);
        await Peer.AssertAll(2 * Part, Task.FromResult(2L * Part), reader);
    }

    // Here splice says 0, with bytes behind it: neither an end nor a reason to hang.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    public async Task Bytes_behind_an_urgent_byte_and_before_the_end_reach_a_slow_reader(
        Family destination, TransferMode mode, Call call)
    {
        using Rig rig = new(Family.Tcp, destination, bufferBytes: 16 * 1024);
        rig.Source.ReceiveBufferSize = 4 * Part;
        Task<TransferResult> transfer = rig.Start(call, new TransferOptions { Mode = mode });
        Task<long> writer = Deadline.OnThread(() =>
        {
            long sent = Peer.Write(rig.Writer, Part, finish: false).GetAwaiter().GetResult();
            rig.Writer.Send("!"u8, SocketFlags.OutOfBand);
            return sent + Peer.Write(rig.Writer, 20_000, start: Part).GetAwaiter().GetResult();
        });
        await Task.WhenAny(writer, Task.Delay(200));
        Task<Received> reader = Peer.Read(rig.Reader, chunk: 16 * 1024, pauseMs: 1);

        ResultAssert.Moved(await transfer.Within("the transfer"), Part + 20_000, mode);
        rig.Destination.Shutdown(SocketShutdown.Send);
        await Peer.AssertAll(Part + 20_000, writer, reader);
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    public async Task An_urgent_byte_alone_is_no_byte_of_the_stream(Family destination, TransferMode mode, Call call)
    {
        using Rig rig = new(Family.Tcp, destination);
        Task<TransferResult> transfer = rig.Start(call, new TransferOptions { Mode = mode });
        rig.Writer.Send("!"u8, SocketFlags.OutOfBand);
        await Task.Delay(50);
        await CpuMeter.AssertParked("behind an urgent byte");
        rig.Writer.Send("?"u8, SocketFlags.OutOfBand);
        rig.Writer.Shutdown(SocketShutdown.Send);

        // The second mark makes the first urgent byte an ordinary one, as TCP has it.
        TransferResult result = await transfer.Within("the transfer");
        Assert.InRange(result.BytesWritten, 0, 1);
        ResultAssert.Moved(result, result.BytesWritten, mode);
        rig.Destination.Shutdown(SocketShutdown.Send);
        Assert.Equal(result.BytesWritten == 0 ? "" : "!", await Peer.ReadText(rig.Reader).Within("the reader"));
    }

    [KernelOnly(Why.Mechanism)]
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    public async Task Zero_copy_ends_with_an_error_where_it_cannot_pass_and_keeps_nothing_back(Call call)
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        Task<TransferResult> transfer = rig.Start(call, new TransferOptions { Mode = TransferMode.RequireZeroCopy });
        Task<Received> reader = Peer.Read(rig.Reader);
        await Peer.Write(rig.Writer, Part, finish: false).Within("the writer");
        rig.Writer.Send("!"u8, SocketFlags.OutOfBand);
        await Peer.Write(rig.Writer, 10, start: Part).Within("the writer");

        TransferException thrown = await Assert.ThrowsAsync<TransferException>(() => transfer.Within("the transfer"));

        const int OperationNotSupported = 95;
        Assert.Equal((OperationNotSupported, TransferSide.Source), (thrown.Error, thrown.Side));
        Assert.Equal((Part, Part), (thrown.Progress.BytesConsumed, thrown.Progress.BytesSpliced));
        rig.Destination.Shutdown(SocketShutdown.Send);
        Assert.Equal(new Received(Part, SocketError.Success), await reader.Within("the reader"));
        Pattern.Default.AssertEqual(await Peer.ReadAll(rig.Source).Within("what is left"), Part);
    }
}
