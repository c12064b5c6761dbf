using System.Diagnostics;

namespace Zerocopy.Server;

/// <summary>What one loop counts for its server. Written by the loop alone, read by anybody.</summary>
internal sealed class LoopCounters
{
    /// <summary>How many values a <see cref="RelayEnd"/> has.</summary>
    internal const int EndsCount = (int)RelayEnd.Failed + 1;

    private readonly long[] _endedBy = new long[EndsCount];
    private long _accepted;
    private long _connectFailures;
    private long _noDescriptors;
    private long _clientLeft;
    private long _stopped;
    private long _acceptPauses;
    private long _fullPauses;
    private long _handedOver;
    private long _bytesToUpstream;
    private long _bytesToClient;
    private long _bytesSpliced;
    private long _refused;

    internal void Accepted() => Add(ref _accepted, 1);

    internal void PausedForWant() => Add(ref _acceptPauses, 1);

    internal void PausedAsFull() => Add(ref _fullPauses, 1);

    internal void HandedOver() => Add(ref _handedOver, 1);

    /// <summary>A connection ended that was relayed.</summary>
    internal void Relayed(RelayEnd end, in FlowCounters up, in FlowCounters down)
    {
        Add(ref _endedBy[(int)end], 1);
        Add(ref _bytesToUpstream, up.Written);
        Add(ref _bytesToClient, down.Written);
        Add(ref _bytesSpliced, up.InKernel + down.InKernel);
        Add(ref _refused, (up.FallbackError | down.FallbackError) == 0 ? 0 : 1);
    }

    /// <summary>One ended before that.</summary>
    internal void NotRelayed(RelayConnectionEnd end)
    {
        switch (end)
        {
            case RelayConnectionEnd.ConnectFailed or RelayConnectionEnd.ConnectTimeout:
                Add(ref _connectFailures, 1);
                break;
            case RelayConnectionEnd.NoDescriptors:
                Add(ref _noDescriptors, 1);
                break;
            case RelayConnectionEnd.ClientLeft:
                Add(ref _clientLeft, 1);
                break;
            default:
                Debug.Assert(end == RelayConnectionEnd.Stopped);
                Add(ref _stopped, 1);
                break;
        }
    }

    /// <summary>Any thread.</summary>
    internal void AddTo(RelayServerCounters sum)
    {
        for (int end = 0; end < EndsCount; end++)
        {
            long ended = Volatile.Read(ref _endedBy[end]);
            sum.AddEnds((RelayEnd)end, ended);
            sum.Relayed += ended;
        }

        sum.Accepted += Volatile.Read(ref _accepted);
        sum.ConnectFailures += Volatile.Read(ref _connectFailures);
        sum.NoDescriptors += Volatile.Read(ref _noDescriptors);
        sum.ClientLeft += Volatile.Read(ref _clientLeft);
        sum.Stopped += Volatile.Read(ref _stopped);
        sum.AcceptPauses += Volatile.Read(ref _acceptPauses);
        sum.FullPauses += Volatile.Read(ref _fullPauses);
        sum.HandedOver += Volatile.Read(ref _handedOver);
        sum.BytesToUpstream += Volatile.Read(ref _bytesToUpstream);
        sum.BytesToClient += Volatile.Read(ref _bytesToClient);
        sum.BytesSpliced += Volatile.Read(ref _bytesSpliced);
        sum.Refused += Volatile.Read(ref _refused);
    }

    private static void Add(ref long counter, long more) => Volatile.Write(ref counter, counter + more);
}
