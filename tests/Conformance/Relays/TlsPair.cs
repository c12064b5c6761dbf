// Two ends of a TLS connection over the loopback, with a certificate made for the occasion.
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Relays;

internal sealed class TlsPair : IDisposable
{
    private readonly SocketPair _sockets;
    private readonly X509Certificate2 _certificate;

    private TlsPair(SocketPair sockets, X509Certificate2 certificate, SslStream near, SslStream far)
    {
        _sockets = sockets;
        _certificate = certificate;
        Near = near;
        Far = far;
    }

    /// <summary>For the library.</summary>
    public SslStream Near { get; }

    /// <summary>The peer's.</summary>
    public SslStream Far { get; }

    /// <summary>Beneath <see cref="Near"/>.</summary>
    public Socket NearSocket => _sockets.Near;

    public static async Task<TlsPair> Connect(bool ownsSockets = false)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=localhost", key, HashAlgorithmName.SHA256);
        X509Certificate2 certificate =
            request.CreateSelfSigned(DateTimeOffset.Now.AddDays(-1), DateTimeOffset.Now.AddDays(1));
        SocketPair sockets = SocketPair.Connect(Family.Tcp);
        SslStream near = new(new NetworkStream(sockets.Near, ownsSockets));
        SslStream far = new(new NetworkStream(sockets.Far, ownsSocket: false));
        await Task.WhenAll(
            near.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                RemoteCertificateValidationCallback =
                    (_, shown, _, _) => shown!.GetCertHashString() == certificate.GetCertHashString(),
            }),
            far.AuthenticateAsServerAsync(certificate)).Within("the handshake");
        return new TlsPair(sockets, certificate, near, far);
    }

    public void Dispose()
    {
        Near.Dispose();
        Far.Dispose();
        _sockets.Dispose();
        _certificate.Dispose();
    }
}
