using System.Globalization;
using System.Net;

namespace Zerocopy.Server;

/// <summary>One connection of a <see cref="RelayServer"/>, once it has ended. Times are counted from when it was
/// accepted; null: it has not come to that.</summary>
public sealed record RelayConnection
{
    internal RelayConnection()
    {
    }

    /// <summary>Counts the connections of a server as they end, from 1.</summary>
    public required long Id { get; init; }

    /// <summary>The address at which it was accepted.</summary>
    public required EndPoint Listener { get; init; }

    /// <summary>The client's address; of a unix client that has bound none an empty path.</summary>
    public required EndPoint Client { get; init; }

    /// <summary>The address of the upstream that it was connected to, or tried last.</summary>
    public required EndPoint Upstream { get; init; }

    /// <summary>When it was accepted, by the clock of the system.</summary>
    public required DateTimeOffset AcceptedAt { get; init; }

    /// <summary>When the upstream had answered.</summary>
    public required TimeSpan? Connected { get; init; }

    /// <summary>When the first byte of the client was written to the upstream.</summary>
    public required TimeSpan? FirstByteToUpstream { get; init; }

    /// <summary>When the first byte of the upstream was written to the client.</summary>
    public required TimeSpan? FirstByteToClient { get; init; }

    /// <summary>When the direction from the client to the upstream had ended.</summary>
    public required TimeSpan? ClientEnded { get; init; }

    /// <summary>When the direction from the upstream to the client had ended.</summary>
    public required TimeSpan? UpstreamEnded { get; init; }

    /// <summary>When both ends were closed.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>How far it has come, and what ended it there.</summary>
    public required RelayConnectionEnd End { get; init; }

    /// <summary>The errno that ended it, for instance 111 (ECONNREFUSED); 0 when no error of the kernel did.</summary>
    public required int Error { get; init; }

    /// <summary>The name of <see cref="Error"/>, for instance <c>ECONNREFUSED</c>; null if that is 0.</summary>
    public string? ErrorName => ResultText.NameOf(Error);

    /// <summary>What was relayed, the client being left and the upstream right. Nothing where
    /// <see cref="End"/> is not <see cref="RelayConnectionEnd.Relayed"/>.</summary>
    public required RelayResult Relay { get; init; }

    /// <summary>One line, for a log: who was relayed to whom, for how long, and how it ended. The wording may change; the
    /// properties do not.</summary>
    /// <returns>For instance <c>10.0.0.7:4711 to 10.0.1.1:80 in 1.204 s: client ended: 12.4 MB up (spliced), 310 B down;
    /// EndOfStream</c>.</returns>
    public override string ToString()
    {
        string how = End == RelayConnectionEnd.Relayed ? Relay.ToString("client", "upstream")
            : ErrorName is { } name ? $"{End}: {name}" : $"{End}";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{EndPointText.Format(Client)} to {EndPointText.Format(Upstream)} in {Duration.TotalSeconds:0.000} s: {how}");
    }
}
