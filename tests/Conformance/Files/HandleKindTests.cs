// What a handle is, as the library sees it.
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Files;

public sealed class HandleKindTests
{
    [KernelOnly(Why.Mechanism)]
    [Theory]
    [InlineData(Family.Tcp)]
    [InlineData(Family.Unix)]
    [Cases("GO-44..GO-45")]
    public void A_connected_socket(Family family)
    {
        using SocketPair pair = SocketPair.Connect(family);
        using NetworkStream stream = new(pair.Near, ownsSocket: false);
        foreach (TransferEndpoint end in (TransferEndpoint[])[pair.Near, pair.Near.SafeHandle, stream])
        {
            foreach (EndpointResolver.Use use in Enum.GetValues<EndpointResolver.Use>())
            {
                Endpoint endpoint = EndpointResolver.Resolve(end, use, "end");
                Assert.Equal(
                    family == Family.Tcp ? EndpointKind.TcpSocket : EndpointKind.UnixSocket, endpoint.Kind);
                Assert.Same(pair.Near.SafeHandle, endpoint.Handle);
                Assert.True(endpoint.CanSplice);
                Assert.False(endpoint.NeedsPool);
            }
        }
    }

    [KernelOnly(Why.Mechanism)]
    [Fact]
    [Cases("GO-44..GO-45")]
    public void Files_pipes_and_devices()
    {
        using PlacedFile file = new(Place.Disk);
        using FileStream stream = file.Open();
        using SafeFileHandle handle = file.OpenHandle();
        using SafeFileHandle device = File.OpenHandle("/dev/null");
        using FileStream deviceStream = new("/dev/null", FileMode.Open, FileAccess.Read);
        using ForeignPipe pipe = ForeignPipe.Open(PipeForm.Blocking);
        using ForeignPipe streams = ForeignPipe.Open(PipeForm.Streams);
        using ForeignPipe named = ForeignPipe.Open(PipeForm.NamedStreams);
        using MemoryStream memory = new();
        Assert.Equal(EndpointKind.RegularFile, KindOf(stream));
        Assert.Equal(EndpointKind.RegularFile, KindOf(handle));
        Assert.Equal(EndpointKind.Device, KindOf(device));
        Assert.Equal(EndpointKind.Stream, KindOf(deviceStream));
        Assert.Equal(EndpointKind.Pipe, KindOf(pipe.ReadEnd));
        Assert.Equal(EndpointKind.Pipe, KindOf(streams.ReadEnd));
        Assert.Equal(EndpointKind.UnixSocket, KindOf(named.ReadEnd));
        Assert.Equal(EndpointKind.Stream, KindOf(memory));
    }

    private static EndpointKind KindOf(TransferEndpoint end)
        => EndpointResolver.Resolve(end, EndpointResolver.Use.Read, "end").Kind;
}
