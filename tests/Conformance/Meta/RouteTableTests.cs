// The route table: every pair has a row, and only pairs that the kernel joins have a fast one.
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Meta;

public sealed class RouteTableTests
{
    private static readonly EndpointKind[] s_kinds = Enum.GetValues<EndpointKind>();

    // Written from the manual pages, not from the table.
    private static TransferRoute Expected(EndpointKind source, EndpointKind destination) => (source, destination) switch
    {
        (EndpointKind.Pipe, EndpointKind.Pipe or EndpointKind.RegularFile) => TransferRoute.Splice,
        (EndpointKind.RegularFile, EndpointKind.RegularFile) => TransferRoute.CopyFileRange,
        _ when IsSocket(source) && IsSocket(destination) => TransferRoute.SpliceThroughPipe,
        _ when IsSocket(source) && destination == EndpointKind.RegularFile => TransferRoute.SpliceThroughPipe,
        _ when IsSocket(source) && destination == EndpointKind.Pipe => TransferRoute.Splice,
        _ when IsSocket(destination) && source == EndpointKind.Pipe => TransferRoute.Splice,
        _ when IsSocket(destination) && source == EndpointKind.RegularFile => TransferRoute.Sendfile,
        (EndpointKind.RegularFile, EndpointKind.Pipe) => TransferRoute.Splice,
        _ => TransferRoute.ReadWrite,
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
            TransferRoute expected = canSplice && !needsLeave ? Expected(source, destination) : TransferRoute.ReadWrite;

            Assert.Equal(TransferRoute.ReadWrite, RouteChoice.Choose(from, to, TransferMode.CopyOnly));
            Assert.Equal(expected, RouteChoice.Choose(from, to, TransferMode.Auto));
            if (expected != TransferRoute.ReadWrite)
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
            TransferRoute route = RouteChoice.Choose(from, to, TransferMode.Auto, isMirrored: true);
            bool moves = Expected(source, destination) != TransferRoute.ReadWrite && source != EndpointKind.RegularFile;
            Assert.Equal(moves ? TransferRoute.SpliceThroughPipe : TransferRoute.ReadWrite, route);
        });

    [KernelOnly(Why.Mechanism)]
    [Fact]
    public void Pages_of_a_file_are_shared_with_a_pipe_only_on_request()
    {
        Endpoint file = new(EndpointKind.RegularFile, null, null, Stream.Null, CanSplice: true, false);
        Endpoint pipe = new(EndpointKind.Pipe, null, null, Stream.Null, CanSplice: true, false);
        Assert.Equal(TransferRoute.ReadWrite, RouteChoice.Choose(file, pipe, TransferMode.Auto));
        Assert.Equal(
            TransferRoute.Splice, RouteChoice.Choose(file, pipe, TransferMode.RequireZeroCopy, sharesFilePages: true));
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
