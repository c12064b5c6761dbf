namespace Zerocopy.Server;

/// <summary>What a server's loops need to know, settled when it starts.</summary>
internal sealed record ServerSettings
{
    /// <summary>Tried in turn. At least one.</summary>
    internal required PeerAddress[] Upstream { get; init; }

    internal required FlowOptions Flow { get; init; }

    internal required int MaxConnections { get; init; }

    /// <summary>In milliseconds, as all of these; -1 for none.</summary>
    internal int ConnectTimeoutMs { get; init; } = -1;

    internal int IdleTimeoutMs { get; init; } = -1;

    internal int LingerMs { get; init; } = -1;

    internal bool HalfClose { get; init; } = true;

    /// <summary>Who is told of connections that have ended, or null.</summary>
    internal Delivery? Records { get; init; }

    /// <summary>Who is told of troubles, or null.</summary>
    internal Warnings? Warnings { get; init; }

    /// <summary>True if <see cref="MaxConnections"/> follows from the limit of open files.</summary>
    internal bool IsMaxByLimit { get; init; }

    /// <summary>How bytes pass between two sockets.</summary>
    internal TransferMechanism Route
        => Flow.Mode == TransferMode.CopyOnly ? TransferMechanism.ReadWrite : TransferMechanism.SpliceThroughPipe;
}
