using Zerocopy.Server;

namespace Zerocopy.Samples.Proxy;

/// <summary>One connection in a line, for --log.</summary>
internal static class ConnectionLine
{
    internal static string Of(RelayConnection connection)
    {
        string end = connection.End == RelayConnectionEnd.Relayed
            ? $"{connection.Relay}" : $"{connection.End}{(connection.ErrorName is { } name ? $", {name}" : "")}";
        return $"{LogText.Begin(connection.AcceptedAt, connection.Id)}{LogText.Peer(connection.Client)} to "
            + $"{LogText.Peer(connection.Upstream)}{At("connected", connection.Connected)}"
            + $"{At("first byte up", connection.FirstByteToUpstream)}"
            + $"{At("first byte down", connection.FirstByteToClient)}{At("closed", connection.Duration)}; {end}";
    }

    private static string At(string what, TimeSpan? when)
        => when is { } time ? $", {what} at {LogText.Seconds(time)}" : "";
}
