namespace Zerocopy.Bench.Load.Running;

/// <summary>One thing to measure with every contender.</summary>
/// <param name="Mode">What is measured.</param>
/// <param name="Pair">From what to what: kinds of socket on the client's and on the target's side; or what
/// <see cref="TeeStage"/>, <see cref="StallStage"/>, <see cref="FilesStage"/> and <see cref="WebStage"/> say.</param>
/// <param name="Bytes">Per send, per request, or of the file.</param>
/// <param name="Connections">At once.</param>
internal sealed record Cell(string Mode, string Pair, int Bytes, int Connections)
{
    internal const string Throughput = "tput";
    internal const string Ping = "ping";
    internal const string Tee = "tee";
    internal const string Stall = "stall";
    internal const string Files = "files";
    internal const string Web = "web";
    internal const string Race = "race";
    internal const string Churn = "churn";
    internal const string Idle = "idle";

    internal string ClientKind => Pair.Split('-')[0];

    internal string TargetKind => Pair.Split('-')[1];

    public override string ToString() => $"{Mode} {Pair} {Bytes} B x {Connections}";
}
