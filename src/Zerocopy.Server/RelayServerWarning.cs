namespace Zerocopy.Server;

/// <summary>Something that a <see cref="RelayServer"/> survives and its operator should know.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Message">In words, with the name of the errno.</param>
/// <param name="Error">The errno; 0 if there is none.</param>
public sealed record RelayServerWarning(RelayServerWarningKind Kind, string Message, int Error);

/// <summary>What a <see cref="RelayServerWarning"/> is about.</summary>
public enum RelayServerWarningKind
{
    /// <summary>There are as many connections as there may be: accepting is paused until one ends.</summary>
    MaxConnectionsReached,

    /// <summary>Accepting failed for want of descriptors or memory: it is paused until a connection ends, or for 100
    /// ms.</summary>
    AcceptFailed,

    /// <summary>The upstream refused, did not answer in time, or there was no descriptor for the socket to
    /// it.</summary>
    ConnectFailed,
}
