namespace Zerocopy.Server;

/// <summary>What a <see cref="RelayServer"/> has done since it was made. All but <see cref="Active"/> only grow. Taken
/// from its loops one after another, so they may differ by what went on meanwhile. Immutable.</summary>
public sealed class RelayServerCounters
{
    private readonly long[] _endedBy = new long[LoopCounters.EndsCount];

    internal RelayServerCounters()
    {
    }

    /// <summary>Connections that were accepted.</summary>
    public long Accepted { get; internal set; }

    /// <summary>Connections now.</summary>
    public long Active { get; internal set; }

    /// <summary>Connections that came as far as being relayed, and have ended.</summary>
    public long Relayed { get; internal set; }

    /// <summary>Connections that ended because the upstream refused, could not be reached or did not answer.</summary>
    public long ConnectFailures { get; internal set; }

    /// <summary>Connections that were reset because there was no descriptor or no memory for the other
    /// socket.</summary>
    public long NoDescriptors { get; internal set; }

    /// <summary>Connections whose client was gone before the upstream had answered.</summary>
    public long ClientLeft { get; internal set; }

    /// <summary>Connections that were reset before the upstream had answered, because the server stopped.</summary>
    public long Stopped { get; internal set; }

    /// <summary>How often accepting was paused for want of descriptors or memory.</summary>
    public long AcceptPauses { get; internal set; }

    /// <summary>How often accepting was paused because there were <see cref="RelayServerOptions.MaxConnections"/>
    /// connections.</summary>
    public long FullPauses { get; internal set; }

    /// <summary>Connections that one loop has handed to another one, which had fewer.</summary>
    public long HandedOver { get; internal set; }

    /// <summary>Bytes written to the upstream, of connections that have ended.</summary>
    public long BytesToUpstream { get; internal set; }

    /// <summary>Bytes written to clients, of connections that have ended.</summary>
    public long BytesToClient { get; internal set; }

    /// <summary>Of both these, how many never came into this process.</summary>
    public long BytesSpliced { get; internal set; }

    /// <summary>Connections, of those that have ended, in which the kernel refused to splice, and that were copied from
    /// there on.</summary>
    public long Refused { get; internal set; }

    /// <summary>How often <see cref="RelayServerOptions.ConnectionsEnded"/> or <see cref="RelayServerOptions.Warned"/>
    /// threw.</summary>
    public long CallbackFailures { get; internal set; }

    /// <summary>Records that were dropped because the former did not come back.</summary>
    public long RecordsDropped { get; internal set; }

    /// <summary>How many of <see cref="Relayed"/> ended so.</summary>
    /// <param name="end">What ended them; none has ended by <see cref="RelayEnd.None"/>.</param>
    /// <returns>0 or more.</returns>
    public long EndedBy(RelayEnd end)
        => (uint)end < (uint)_endedBy.Length ? _endedBy[(int)end] : 0;

    internal void AddEnds(RelayEnd end, long count) => _endedBy[(int)end] += count;
}
