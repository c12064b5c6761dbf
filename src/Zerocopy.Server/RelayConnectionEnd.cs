namespace Zerocopy.Server;

/// <summary>How far a connection of a <see cref="RelayServer"/> has come, and what ended it there.</summary>
public enum RelayConnectionEnd
{
    /// <summary>It was relayed: <see cref="RelayConnection.Relay"/> says how that ended.</summary>
    Relayed,

    /// <summary>The upstream refused, or could not be reached: <see cref="RelayConnection.Error"/>.</summary>
    ConnectFailed,

    /// <summary>The upstream did not answer within <see cref="RelayServerOptions.ConnectTimeout"/>.</summary>
    ConnectTimeout,

    /// <summary>There was no descriptor, or no memory, for the socket to the upstream:
    /// <see cref="RelayConnection.Error"/>.</summary>
    NoDescriptors,

    /// <summary>The client was gone before the upstream had answered.</summary>
    ClientLeft,

    /// <summary>The server stopped before the upstream had answered.</summary>
    Stopped,
}
