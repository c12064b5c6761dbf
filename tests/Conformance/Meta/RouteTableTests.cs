// The route table: every pair has a row, and only pairs of stream sockets have a fast one.
using Xunit;

namespace Zerocopy.Conformance.Meta;

public sealed class RouteTableTests
{
    private static readonly EndpointKind[] s_kinds = Enum.GetValues<EndpointKind>();

    [Fact]
    public void Every_pair_of_kinds_has_a_route_of_its_own()
    {
        foreach (EndpointKind source in s_kinds)
        {
            foreach (EndpointKind destination in s_kinds)
            {
                TransferRoute route = RouteTable.Find(source, destination);
                Assert.True(Enum.IsDefined(route), $"{source} to {destination}: {route}");
                bool bothSplice = CanSplice(source) && CanSplice(destination);
                Assert.Equal(bothSplice ? TransferRoute.SpliceThroughPipe : TransferRoute.ReadWrite, route);
            }
        }
    }

    [Fact]
    public void The_table_has_no_row_without_a_kind()
    {
        EndpointKind beyond = s_kinds.Max() + 1;
        Assert.Throws<IndexOutOfRangeException>(() => RouteTable.Find(beyond, EndpointKind.TcpSocket));
        Assert.Throws<IndexOutOfRangeException>(() => RouteTable.Find(s_kinds.Max(), beyond));
    }

    [Fact]
    public void A_mode_never_chooses_what_the_descriptors_cannot_do()
    {
        foreach (EndpointKind source in s_kinds)
        {
            foreach (EndpointKind destination in s_kinds)
            {
                foreach (bool sourceBlocks in (bool[])[false, true])
                {
                    Endpoint from = new(source, null, null, Stream.Null, CanSplice(source) && !sourceBlocks, false);
                    Endpoint to = new(destination, null, null, Stream.Null, CanSplice(destination), false);
                    bool canSplice = from.CanSplice && to.CanSplice;

                    Assert.Equal(TransferRoute.ReadWrite, RouteChoice.Choose(from, to, TransferMode.CopyOnly));
                    Assert.Equal(
                        canSplice ? TransferRoute.SpliceThroughPipe : TransferRoute.ReadWrite,
                        RouteChoice.Choose(from, to, TransferMode.Auto));
                    if (canSplice)
                    {
                        Assert.Equal(
                            TransferRoute.SpliceThroughPipe,
                            RouteChoice.Choose(from, to, TransferMode.RequireZeroCopy));
                    }
                    else
                    {
                        _ = Assert.Throws<NotSupportedException>(
                            () => RouteChoice.Choose(from, to, TransferMode.RequireZeroCopy));
                    }
                }
            }
        }
    }

    private static bool CanSplice(EndpointKind kind) => kind is EndpointKind.TcpSocket or EndpointKind.UnixSocket;
}
