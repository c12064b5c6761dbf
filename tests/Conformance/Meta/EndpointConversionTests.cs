// What a transfer accepts as an endpoint, how null and default are refused, and by which name.
using System.IO.Compression;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace Zerocopy.Conformance.Meta;

public sealed class EndpointConversionTests
{
    private static readonly TransferEndpoint s_fine = new MemoryStream();

    public static TheoryData<string> Nulls =>
        ["Socket", "Stream", "SafeHandle", "TcpClient", "PipeReader", "PipeWriter", "duplex", "default"];

    [Theory]
    [MemberData(nameof(Nulls))]
    public async Task Null_converts_and_the_call_names_its_own_parameter(string kind)
    {
        TransferEndpoint nothing = kind switch
        {
            "Socket" => (Socket?)null,
            "Stream" => (Stream?)null,
            "SafeHandle" => (SafeHandle?)null,
            "TcpClient" => (TcpClient?)null,
            "PipeReader" => (PipeReader?)null,
            "PipeWriter" => (PipeWriter?)null,
            "duplex" => TransferEndpoint.FromDuplexPipe(null),
            _ => default(TransferEndpoint),
        };
        Assert.Equal("source", Assert.Throws<ArgumentNullException>(() => Transfer.Copy(nothing, s_fine)).ParamName);
        Assert.Equal("destination",
            Assert.Throws<ArgumentNullException>(() => Transfer.Copy(s_fine, nothing)).ParamName);
        Assert.Equal("source", (await ThrowsNull(() => Transfer.CopyAsync(nothing, s_fine).AsTask())).ParamName);
        Assert.Equal("destination", (await ThrowsNull(() => Transfer.CopyAsync(s_fine, nothing).AsTask())).ParamName);
        Assert.Equal("left", (await ThrowsNull(() => Relay.RunAsync(nothing, s_fine).AsTask())).ParamName);
        Assert.Equal("right", (await ThrowsNull(() => Relay.RunAsync(s_fine, nothing).AsTask())).ParamName);
        Assert.Equal("left", Assert.Throws<ArgumentNullException>(() => Relay.Start(nothing, s_fine)).ParamName);
        Assert.Equal("right", Assert.Throws<ArgumentNullException>(() => Relay.Start(s_fine, nothing)).ParamName);
    }

    [Fact]
    public async Task Options_that_are_null_are_the_defaults()
    {
        Assert.Equal(TransferEnd.EndOfStream, Transfer.Copy(new MemoryStream([1]), s_fine, null).EndedBy);
        Assert.Equal(1, (await Transfer.CopyAsync(new MemoryStream([1]), new MemoryStream(), null)).BytesWritten);
        Assert.Equal(RelayEnd.EndOfStream, (await Relay.RunAsync(new MemoryStream(), s_fine, null)).EndedBy);
    }

    [Fact]
    public void The_named_factories_are_the_conversions()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using TcpClient client = new();
        using MemoryStream stream = new();
        Assert.Same(socket, TransferEndpoint.FromSocket(socket).Value);
        Assert.Same(socket, ((TransferEndpoint)socket).Value);
        Assert.Same(stream, TransferEndpoint.FromStream(stream).Value);
        Assert.Same(stream, ((TransferEndpoint)stream).Value);
        Assert.Same(client, TransferEndpoint.FromTcpClient(client).Value);
        Assert.Same(client, ((TransferEndpoint)client).Value);
        Assert.Same(socket.SafeHandle, TransferEndpoint.FromHandle(socket.SafeHandle).Value);
        Assert.Same(socket.SafeHandle, ((TransferEndpoint)socket.SafeHandle).Value);
        Assert.Null(default(TransferEndpoint).Value);
    }

    [Fact]
    public void A_stream_is_refused_for_what_it_cannot_do()
    {
        using MemoryStream readOnly = new([1, 2, 3], writable: false);
        using DeflateStream writeOnly = new(new MemoryStream(), CompressionLevel.Fastest);
        ArgumentException cannotWrite = Assert.Throws<ArgumentException>(() => Transfer.Copy(s_fine, readOnly));
        ArgumentException cannotRead = Assert.Throws<ArgumentException>(() => Transfer.Copy(writeOnly, s_fine));
        Assert.Equal(("destination", "source"), (cannotWrite.ParamName, cannotRead.ParamName));
        Assert.Contains("MemoryStream that cannot be written", cannotWrite.Message, StringComparison.Ordinal);
        Assert.Contains("DeflateStream that cannot be read", cannotRead.Message, StringComparison.Ordinal);
        Assert.Equal("right", Assert.Throws<ArgumentException>(() => Relay.Start(s_fine, readOnly)).ParamName);
        Assert.Equal("left", Assert.Throws<ArgumentException>(() => Relay.Start(writeOnly, s_fine)).ParamName);
    }

    [Fact]
    public void What_was_disposed_before_the_call_is_named()
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        SafeSocketHandle handle = socket.SafeHandle;
        socket.Dispose();
        TcpClient client = new();
        client.Dispose();
        MemoryStream stream = new();
        stream.Dispose();
        foreach (TransferEndpoint disposed in (TransferEndpoint[])[socket, handle, client, stream])
        {
            ObjectDisposedException source =
                Assert.ThrowsAny<ObjectDisposedException>(() => Transfer.Copy(disposed, s_fine));
            ObjectDisposedException destination =
                Assert.ThrowsAny<ObjectDisposedException>(() => Transfer.Copy(s_fine, disposed));
            Assert.Equal(("source", "destination"), (source.ObjectName, destination.ObjectName));
            ObjectDisposedException left =
                Assert.ThrowsAny<ObjectDisposedException>(() => Relay.Start(disposed, s_fine));
            ObjectDisposedException right =
                Assert.ThrowsAny<ObjectDisposedException>(() => Relay.Start(s_fine, disposed));
            Assert.Equal(("left", "right"), (left.ObjectName, right.ObjectName));
        }
    }

    [Fact]
    public void An_invalid_handle_and_a_handle_of_the_wrong_access_are_refused_by_name()
    {
        using SafeSocketHandle invalid = new();
        ArgumentException none = Assert.Throws<ArgumentException>(() => Transfer.Copy(invalid, s_fine));
        Assert.Equal("source", none.ParamName);
        using SafeFileHandle readOnly = File.OpenHandle("/proc/self/status");
        ArgumentException notWritable = Assert.Throws<ArgumentException>(() => Transfer.Copy(s_fine, readOnly));
        Assert.Equal("destination", notWritable.ParamName);
        Assert.Contains("for reading only", notWritable.Message, StringComparison.Ordinal);
    }

    private static async Task<ArgumentNullException> ThrowsNull(Func<Task> call)
        => await Assert.ThrowsAsync<ArgumentNullException>(call);
}
