// The route table: every pair has a row, and only pairs that the kernel joins have a fast one.
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Meta;

public sealed class RouteTableTests
{
    private static readonly EndpointKind[] s_kinds = Enum.GetValues<EndpointKind>();

    // Written from the manual pages, not from the table.
    private static TransferMechanism Expected(EndpointKind from, EndpointKind to) => (from, to) switch
    {
        (EndpointKind.Pipe, EndpointKind.Pipe or EndpointKind.RegularFile) => TransferMechanism.Splice,
        (EndpointKind.RegularFile, EndpointKind.RegularFile) => TransferMechanism.CopyFileRange,
        _ when IsSocket(from) && IsSocket(to) => TransferMechanism.SpliceThroughPipe,
        _ when IsSocket(from) && to == EndpointKind.RegularFile => TransferMechanism.SpliceThroughPipe,
        _ when IsSocket(from) && to == EndpointKind.Pipe => TransferMechanism.Splice,
        _ when IsSocket(to) && from == EndpointKind.Pipe => TransferMechanism.Splice,
        _ when IsSocket(to) && from == EndpointKind.RegularFile => TransferMechanism.Sendfile,
        (EndpointKind.RegularFile, EndpointKind.Pipe) => TransferMechanism.Splice,
        _ => TransferMechanism.ReadWrite,
    };

    [Fact]
    public void Every_pair_of_kinds_has_a_route_of_its_own()
        => AllPairs((source, destination) =>
            Assert.Equal(Expected(source, destination), RouteTable.Find(source, destination)));

    [Fact]
    public void The_table_has_no_row_without_a_kind()
    {
        EndpointKind beyond = s_kinds.Max() + 1;
        Assert.Throws<IndexOutOfRangeException>(() => RouteTable.Find(beyond, EndpointKind.TcpSocket));
        Assert.Throws<IndexOutOfRangeException>(() => RouteTable.Find(s_kinds.Max(), beyond));
    }

    [KernelOnly(Why.Mechanism)]
    [Theory]
    [InlineData(true, true, false)]
    [InlineData(false, true, false)]
    [InlineData(true, false, false)]
    [InlineData(true, true, true)]
    public void A_mode_never_chooses_what_the_descriptors_cannot_do(
        bool sourceSplices, bool destinationSplices, bool appends)
        => AllPairs((source, destination) =>
        {
            Endpoint from = new(source, null, null, Stream.Null, sourceSplices, false);
            Endpoint to = new(destination, null, null, Stream.Null, destinationSplices, false) { Appends = appends };
            bool canSplice = sourceSplices && destinationSplices && !appends;
            bool needsLeave = source == EndpointKind.RegularFile && destination == EndpointKind.Pipe;
            TransferMechanism expected = canSplice && !needsLeave
                ? Expected(source, destination) : TransferMechanism.ReadWrite;

            Assert.Equal(TransferMechanism.ReadWrite, RouteChoice.Choose(from, to, TransferMode.CopyOnly));
            Assert.Equal(expected, RouteChoice.Choose(from, to, TransferMode.Auto));
            if (expected != TransferMechanism.ReadWrite)
            {
                Assert.Equal(expected, RouteChoice.Choose(from, to, TransferMode.RequireZeroCopy));
            }
            else
            {
                _ = Assert.Throws<NotSupportedException>(
                    () => RouteChoice.Choose(from, to, TransferMode.RequireZeroCopy));
            }
        });

    [KernelOnly(Why.Mechanism)]
    [Fact]
    public void What_is_mirrored_passes_through_a_pipe_of_the_library_or_through_memory()
        => AllPairs((source, destination) =>
        {
            Endpoint from = new(source, null, null, Stream.Null, CanSplice: true, false);
            Endpoint to = new(destination, null, null, Stream.Null, CanSplice: true, false);
            TransferMechanism route = RouteChoice.Choose(from, to, TransferMode.Auto, isMirrored: true);
            bool moves = Expected(source, destination) != TransferMechanism.ReadWrite
                && source != EndpointKind.RegularFile;
            Assert.Equal(moves ? TransferMechanism.SpliceThroughPipe : TransferMechanism.ReadWrite, route);
        });

    [KernelOnly(Why.Mechanism)]
    [Fact]
    public void Pages_of_a_file_are_shared_with_a_pipe_only_on_request()
    {
        Endpoint file = new(EndpointKind.RegularFile, null, null, Stream.Null, CanSplice: true, false);
        Endpoint pipe = new(EndpointKind.Pipe, null, null, Stream.Null, CanSplice: true, false);
        Assert.Equal(TransferMechanism.ReadWrite, RouteChoice.Choose(file, pipe, TransferMode.Auto));
        Assert.Equal(
            TransferMechanism.Splice,
            RouteChoice.Choose(file, pipe, TransferMode.RequireZeroCopy, sharesFilePages: true));
    }

    private static bool IsSocket(EndpointKind kind) => kind is EndpointKind.TcpSocket or EndpointKind.UnixSocket;

    private static void AllPairs(Action<EndpointKind, EndpointKind> check)
    {
        foreach (EndpointKind source in s_kinds)
        {
            foreach (EndpointKind destination in s_kinds)
            {
                check(source, destination);
            }
        }
    }
}
