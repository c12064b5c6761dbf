// A stream that transforms its bytes is never bypassed.
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Plain;

[Cases("X-12", "B-14")]
public sealed class WrapperTests
{
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    public async Task A_derived_network_stream_is_read_as_a_stream(Call call)
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        using UpperCaseStream source = new(rig.Source);
        rig.Writer.Send("abc"u8);
        rig.Writer.Shutdown(SocketShutdown.Send);

        TransferResult result = await Rig.Start(call, source, rig.Destination).Within("the transfer");

        Assert.Equal((TransferMechanism.ReadWrite, 3, 3), (result.Mechanism, result.BytesBuffered, source.BytesRead));
        rig.Destination.Shutdown(SocketShutdown.Send);
        Assert.Equal("ABC", await Peer.ReadText(rig.Reader).Within("the reader"));
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    public async Task A_derived_network_stream_is_written_as_a_stream(Call call)
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        using UpperCaseStream destination = new(rig.Destination);
        rig.Writer.Send("abc"u8);
        rig.Writer.Shutdown(SocketShutdown.Send);

        TransferResult result = await Rig.Start(call, rig.Source, destination).Within("the transfer");

        Assert.Equal(
            (TransferMechanism.ReadWrite, 3, 3), (result.Mechanism, result.BytesBuffered, destination.BytesWritten));
        rig.Destination.Shutdown(SocketShutdown.Send);
        Assert.Equal("ABC", await Peer.ReadText(rig.Reader).Within("the reader"));
    }

    [KernelOnly(Why.Mechanism)]
    [Fact(Timeout = Deadline.Ms)]
    public async Task An_exact_network_stream_stands_for_its_socket()
    {
        using Rig rig = new(Family.Tcp, Family.Unix);
        using NetworkStream source = new(rig.Source, ownsSocket: false);
        using NetworkStream destination = new(rig.Destination, ownsSocket: false);
        Task<long> writer = Peer.Write(rig.Writer, 1_000_000);
        Task<Received> reader = Peer.Read(rig.Reader);

        TransferOptions options = new() { Mode = TransferMode.RequireZeroCopy };
        TransferResult result = await Rig.Start(Call.Async, source, destination, options).Within("the transfer");

        ResultAssert.Moved(result, 1_000_000, TransferMode.RequireZeroCopy);
        rig.Destination.Shutdown(SocketShutdown.Send);
        await Peer.AssertAll(1_000_000, writer, reader);
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    public async Task What_a_buffered_stream_holds_already_comes_first(Call call)
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        using NetworkStream network = new(rig.Source, ownsSocket: false);
        using BufferedStream source = new(network);
        rig.Writer.Send("header|body"u8);
        Assert.True(rig.Source.Poll(5_000_000, SelectMode.SelectRead));
        byte[] header = new byte[7];
        source.ReadExactly(header);
        rig.Writer.Send(", more body"u8);
        rig.Writer.Shutdown(SocketShutdown.Send);

        TransferResult result = await Rig.Start(call, source, rig.Destination).Within("the transfer");

        Assert.Equal((TransferMechanism.ReadWrite, 15), (result.Mechanism, result.BytesBuffered));
        rig.Destination.Shutdown(SocketShutdown.Send);
        Assert.Equal("body, more body", await Peer.ReadText(rig.Reader).Within("the reader"));
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    public async Task An_ssl_stream_is_decrypted_and_encrypted(Call call)
    {
        const int Length = 300_000;
        using X509Certificate2 certificate = MakeCertificate();
        using Rig rig = new(Family.Tcp, Family.Unix);
        (SslStream source, SslStream writer) = await Secure(rig.Source, rig.Writer, certificate);
        (SslStream destination, SslStream reader) = await Secure(rig.Destination, rig.Reader, certificate);
        using (source)
        using (writer)
        using (destination)
        using (reader)
        {
            Task write = Deadline.OnThread(() =>
            {
                writer.Write(Pattern.Default.Bytes(0, Length));
                writer.ShutdownAsync().GetAwaiter().GetResult();
            });
            Task<byte[]> read = Deadline.OnThread(() =>
            {
                byte[] bytes = new byte[Length];
                reader.ReadExactly(bytes);
                return bytes;
            });

            TransferResult result = await Rig.Start(call, source, destination).Within("the transfer");

            Assert.Equal((TransferMechanism.ReadWrite, Length), (result.Mechanism, result.BytesBuffered));
            await write.Within("the writer");
            Pattern.Default.AssertEqual(await read.Within("the reader"));
        }
    }

    [KernelOnly(Why.Mechanism)]
    [Fact]
    public async Task Zero_copy_from_a_wrapper_is_refused_before_a_byte_has_moved()
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        using UpperCaseStream source = new(rig.Source);
        rig.Writer.Send("abc"u8);
        TransferOptions options = new() { Mode = TransferMode.RequireZeroCopy };

        NotSupportedException thrown = Assert.Throws<NotSupportedException>(
            () => Transfer.Copy(source, rig.Destination, options));

        Assert.Contains(nameof(UpperCaseStream), thrown.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<NotSupportedException>(
            () => Transfer.CopyAsync(rig.Destination, source, options).AsTask());
        byte[] bytes = new byte[4];
        Assert.Equal(3, rig.Source.Receive(bytes));
        Assert.False(rig.Reader.Poll(0, SelectMode.SelectRead));
    }

    private static async Task<(SslStream Near, SslStream Far)> Secure(
        Socket near, Socket far, X509Certificate2 certificate)
    {
        SslStream server = new(new NetworkStream(near, ownsSocket: false));
        SslStream client = new(
            new NetworkStream(far, ownsSocket: false),
            leaveInnerStreamOpen: false,
            (_, shown, _, _) => shown?.GetCertHashString() == certificate.GetCertHashString());
        Task serverDone = server.AuthenticateAsServerAsync(certificate);
        await client.AuthenticateAsClientAsync("test").Within("the client's handshake");
        await serverDone.Within("the server's handshake");
        return (server, client);
    }

    private static X509Certificate2 MakeCertificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=test", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    // Counts and changes what goes through it, as a wrapper that decodes would.
    private sealed class UpperCaseStream(Socket socket) : NetworkStream(socket, ownsSocket: false)
    {
        internal int BytesRead { get; private set; }

        internal int BytesWritten { get; private set; }

        public override int Read(Span<byte> buffer)
        {
            int count = Socket.Receive(buffer);
            BytesRead += count;
            _ = Ascii.ToUpperInPlace(buffer[..count], out _);
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int count = await base.ReadAsync(buffer, cancellationToken);
            BytesRead += count;
            _ = Ascii.ToUpperInPlace(buffer.Span[..count], out _);
            return count;
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            BytesWritten += buffer.Length;
            _ = Socket.Send(Upper(buffer));
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            BytesWritten += buffer.Length;
            return base.WriteAsync(Upper(buffer.Span), cancellationToken);
        }

        private static byte[] Upper(ReadOnlySpan<byte> buffer)
        {
            byte[] upper = buffer.ToArray();
            _ = Ascii.ToUpperInPlace(upper, out _);
            return upper;
        }
    }
}
