// A file that was really opened with O_APPEND: the kernel refuses to splice into it, so bytes are written there.
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Pipes;

[Cases("X-05", "B-07")]
public sealed class AppendOnlyTests : IDisposable
{
    private const int Bytes = 200_003;

    private readonly TempFile _file = new("there "u8);

    public static TheoryData<EndKind, TransferMode, Call> Rows { get; } = new(
        from source in (EndKind[])[EndKind.Pipe, EndKind.Tcp, EndKind.Unix]
        from mode in (TransferMode[])[TransferMode.Auto, TransferMode.CopyOnly]
        from call in Enum.GetValues<Call>()
        select new TheoryDataRow<EndKind, TransferMode, Call>(source, mode, call));

    public void Dispose() => _file.Dispose();

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    public async Task Every_byte_is_appended(EndKind source, TransferMode mode, Call call)
    {
        using PipeRig rig = new(source, EndKind.Stream);
        using FileStream stream = OpenToAppend();
        Task<long> writer = rig.Feed(Bytes);
        TransferOptions options = new() { Mode = mode, LimitBytes = 150_000 };
        TransferResult result = await Rig.Start(call, rig.Source, stream, options).Within("the first part");
        Routes.AssertMoved(result, 150_000, TransferMechanism.ReadWrite);
        Assert.Equal(TransferEnd.LimitReached, result.EndedBy);
        options = options with { LimitBytes = null };
        result = await Rig.Start(call, rig.Source, stream, options).Within("the rest");
        Routes.AssertMoved(result, Bytes - 150_000, TransferMechanism.ReadWrite);
        stream.Flush();
        AssertAppended(_file.ReadBytes());
        await writer.Within("the writer");
    }

    // Zero copy would need splice, and there is none: refused before a byte has moved.
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(EndKind.Pipe, Call.Sync)]
    [InlineData(EndKind.Pipe, Call.Async)]
    [InlineData(EndKind.Tcp, Call.Sync)]
    [InlineData(EndKind.Tcp, Call.Async)]
    public async Task Zero_copy_is_refused(EndKind source, Call call)
    {
        using PipeRig rig = new(source, EndKind.Stream);
        using FileStream stream = OpenToAppend();
        Task<long> writer = rig.Feed(Bytes);
        await Assert.ThrowsAsync<NotSupportedException>(() => Rig.Start(
            call, rig.Source, stream, new TransferOptions { Mode = TransferMode.RequireZeroCopy })
            .Within("the refusal"));
        Assert.Equal("there "u8.ToArray(), _file.ReadBytes());
        await Rig.Start(call, rig.Source, stream).Within("by copying");
        stream.Flush();
        AssertAppended(_file.ReadBytes());
        await writer.Within("the writer");
    }

    // The flag may also come later, with the stream used before.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.Calls), MemberType = typeof(PipeMatrix))]
    public async Task The_flag_is_looked_at_in_every_call(Call call)
    {
        using PipeRig rig = new(EndKind.Pipe, EndKind.Stream);
        using FileStream stream = new(_file.Path, FileMode.Open, FileAccess.ReadWrite);
        stream.Position = 6;
        Task<long> writer = rig.Feed(Bytes);
        TransferOptions options = new() { LimitBytes = 1000 };
        TransferResult result = await Rig.Start(call, rig.Source, stream, options).Within("the first part");
        Routes.AssertMoved(result, 1000, TransferMechanism.Splice);
        SetAppend(stream);
        result = await Rig.Start(call, rig.Source, stream).Within("the rest");
        Routes.AssertMoved(result, Bytes - 1000, TransferMechanism.ReadWrite);
        stream.Flush();
        AssertAppended(_file.ReadBytes());
        await writer.Within("the writer");
    }

    private FileStream OpenToAppend()
    {
        FileStream stream = new(_file.Path, FileMode.Open, FileAccess.Write) { Position = 6 };
        SetAppend(stream);
        return stream;
    }

    private static void SetAppend(FileStream stream)
    {
        Assert.True(FdLease.TryAcquire(stream.SafeFileHandle, out FdLease lease));
        using (lease)
        {
            SysResult flags = Syscall.GetStatusFlags(lease.Fd);
            Assert.False(flags.IsError);
            Assert.False(Syscall.SetStatusFlags(lease.Fd, (StatusFlags)flags.Value | StatusFlags.Append).IsError);
        }
    }

    private static void AssertAppended(byte[] all)
    {
        Assert.Equal(6 + Bytes, all.Length);
        Assert.Equal("there "u8, all.AsSpan(0, 6));
        Pattern.Default.AssertEqual(all.AsSpan(6));
    }
}
