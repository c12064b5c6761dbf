// docs/recipes/sni.md: TLS clients reach the upstream of the name they ask for, and nothing of what they said is lost.
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Readme;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Docs;

public sealed class SniRecipeTests : IDisposable
{
    private const string Files = "files.example.org";
    private const string Mail = "mail.example.org";
    private const int Bytes = 1_000_003;

    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(Deadline.Ms);

    private readonly X509Certificate2 _certificate = MakeCertificate();
    private readonly Socket _files = SocketPair.Listen(Family.Tcp, out _);
    private readonly Socket _mail = SocketPair.Listen(Family.Unix, out _);

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Files)]
    [InlineData(Mail)]
    [InlineData("FILES.example.org")] // Names are compared without regard to case.
    [InlineData("")] // It names nobody.
    public async Task A_client_reaches_the_upstream_of_its_name(string name)
    {
        using SocketPair pair = SocketPair.Tcp();
        Task<RelayResult?> relay = SniProxy.ServeAsync(pair.Near, Route, s_patience);
        using SslStream client = new(new NetworkStream(pair.Far, ownsSocket: false));
        await AssertTalks(client, pair.Far, name, () => relay);
    }

    // The proxy has read the first part before the second one is sent.
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Files, 1)]
    [InlineData(Files, 5)]
    [InlineData(Files, 9)]
    [InlineData(Files, 120)]
    [InlineData("", 100)]
    public async Task A_hello_may_come_in_two_segments(string name, int firstBytes)
    {
        using SocketPair pair = SocketPair.Tcp();
        Task<RelayResult?> relay = Task.FromResult<RelayResult?>(null);
        await using SplitStream split = new(pair.Far, firstBytes, async () =>
        {
            await Deadline.Until("the first part is there", () => pair.Near.Available == firstBytes);
            relay = SniProxy.ServeAsync(pair.Near, Route, s_patience);
            await Deadline.Until("it is read", () => pair.Near.Available == 0);
        });
        using SslStream client = new(split, leaveInnerStreamOpen: true);
        await AssertTalks(client, pair.Far, name, () => relay);
        Assert.True(split.FirstWrite > firstBytes, "it was cut");
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task An_unknown_name_is_refused_by_a_close()
    {
        using SocketPair pair = SocketPair.Tcp();
        Task<RelayResult?> relay = SniProxy.ServeAsync(pair.Near, Route, s_patience);
        using SslStream client = new(new NetworkStream(pair.Far, ownsSocket: false));
        await Assert.ThrowsAnyAsync<IOException>(
            () => client.AuthenticateAsClientAsync("elsewhere.example.org").Within("the close"));
        Assert.Null(await relay.Within("the proxy"));
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData("")]
    [InlineData("160301")] // The beginning of a record.
    [InlineData("474554202F0D0A0D0A")] // GET /
    public async Task What_is_no_TLS_client_is_refused(string hex)
    {
        using SocketPair pair = SocketPair.Tcp();
        Task<RelayResult?> relay = SniProxy.ServeAsync(pair.Near, Route, s_patience);
        pair.Far.Send(Convert.FromHexString(hex));
        pair.Far.Shutdown(SocketShutdown.Send);
        await Assert.ThrowsAsync<InvalidDataException>(() => relay.Within("the proxy"));
        Assert.Empty(await Peer.ReadAll(pair.Far).Within("the close"));
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData("")]
    [InlineData("1603")]
    public async Task A_client_that_says_too_little_is_not_waited_for(string hex)
    {
        using SocketPair pair = SocketPair.Tcp();
        pair.Far.Send(Convert.FromHexString(hex));
        Task<RelayResult?> relay = SniProxy.ServeAsync(pair.Near, Route, TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAsync<TimeoutException>(() => relay.Within("the proxy"));
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task A_hello_that_never_ends_is_refused()
    {
        const int RecordBytes = 16_384;
        using SocketPair pair = SocketPair.Tcp();
        Task<RelayResult?> relay = SniProxy.ServeAsync(pair.Near, Route, s_patience);
        byte[] hello = new byte[5 + RecordBytes]; // A message of 16 MiB, and its first record.
        hello[0] = 22;
        hello[3] = RecordBytes >> 8;
        hello.AsSpan(5, 4).Fill(255);
        hello[5] = 1;
        pair.Far.Send(hello);
        await Assert.ThrowsAsync<InvalidDataException>(() => relay.Within("the proxy"));
    }

    public void Dispose()
    {
        _files.Dispose();
        _mail.Dispose();
        _certificate.Dispose();
    }

    private static X509Certificate2 MakeCertificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=example.org", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.Now.AddDays(-1), DateTimeOffset.Now.AddDays(1));
    }

    private EndPoint? Route(string? name)
        => name is null || name.Equals(Files, StringComparison.OrdinalIgnoreCase) ? _files.LocalEndPoint
            : name.Equals(Mail, StringComparison.OrdinalIgnoreCase) ? _mail.LocalEndPoint : null;

    /// <summary>Client and server shake hands, exchange bytes both ways, and part.</summary>
    private async Task AssertTalks(SslStream client, Socket below, string name, Func<Task<RelayResult?>> relay)
    {
        Task handshake = client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = name,
            RemoteCertificateValidationCallback =
                (_, shown, _, _) => shown!.GetCertHashString() == _certificate.GetCertHashString(),
        });
        using Socket accepted = await Deadline.OnThread((name == Mail ? _mail : _files).Accept)
            .Within("the proxy's dial");
        string? seen = null;
        using SslStream server = new(new NetworkStream(accepted, ownsSocket: false));
        await server.AuthenticateAsServerAsync(
            (_, hello, _, _) =>
            {
                seen = hello.ServerName;
                return ValueTask.FromResult(new SslServerAuthenticationOptions { ServerCertificate = _certificate });
            },
            null).Within("the server's handshake");
        await handshake.Within("the client's handshake");
        Assert.Equal(name, seen, ignoreCase: true);

        await AssertMoves(client, server, Pattern.Default);
        await AssertMoves(server, client, Pattern.Other);
        await client.ShutdownAsync().Within("the client's end");
        await server.ShutdownAsync().Within("the server's end");
        below.Shutdown(SocketShutdown.Send);
        accepted.Shutdown(SocketShutdown.Send);
        RelayResult result = Assert.NotNull(await relay().Within("the relay"));
        Assert.Equal(RelayEnd.EndOfStream, result.EndedBy);

        // The hello is no byte of the source's: it was taken before.
        TransferResult up = result.LeftToRight;
        Assert.InRange(up.BytesWritten - up.BytesConsumed, 100, ClientHello.BytesMax);
        Assert.Equal(up.BytesWritten, up.BytesSpliced + up.BytesBuffered);
        Assert.True(result.RightToLeft.BytesWritten > Bytes);
    }

    private static async Task AssertMoves(SslStream from, SslStream to, Pattern pattern)
    {
        byte[] got = new byte[Bytes];
        Task reading = to.ReadExactlyAsync(got).AsTask();
        await from.WriteAsync(pattern.Slice(0, Bytes)).Within("the writer");
        await reading.Within("the reader");
        pattern.AssertEqual(got);
    }
}
