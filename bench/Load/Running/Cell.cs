namespace Zerocopy.Bench.Load.Running;

/// <summary>One thing to measure with every contender.</summary>
/// <param name="Mode">Throughput one way, or round trips.</param>
/// <param name="Pair">Kinds of socket on the client's and on the target's side.</param>
/// <param name="Bytes">Per send, or per request.</param>
/// <param name="Connections">At once.</param>
internal sealed record Cell(string Mode, string Pair, int Bytes, int Connections)
{
    internal const string Throughput = "tput";
    internal const string Ping = "ping";

    internal string ClientKind => Pair.Split('-')[0];

    internal string TargetKind => Pair.Split('-')[1];

    public override string ToString() => $"{Mode} {Pair} {Bytes} B x {Connections}";
}
