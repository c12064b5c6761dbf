using System.Diagnostics;

namespace Zerocopy;

/// <summary>What a tee remembers of one target. Survives the transfer that moves the bytes.</summary>
/// <param name="detachesOnLag">Detach it when it holds the others up.</param>
/// <param name="stopsOnFailure">No byte may leave without it, also when it has failed.</param>
/// <param name="ended">Told once, when no byte will come any more. Must not block.</param>
internal sealed class TeeBranch(bool detachesOnLag, bool stopsOnFailure, Action<TeeBranch> ended)
{
    private long _teed;
    private long _copied;

    /// <summary>How many bytes, counted from the head, it has got already.</summary>
    internal int Ahead { get; private set; }

    internal long BytesTeed => Volatile.Read(ref _teed);

    internal long BytesCopied => Volatile.Read(ref _copied);

    internal TeeEnd EndedBy { get; private set; }

    /// <summary>The errno it failed with.</summary>
    internal int Error { get; private set; }

    internal bool IsLiving => EndedBy == TeeEnd.None;

    internal bool DetachesOnLag => detachesOnLag;

    /// <summary>It has failed, and the stream must not go on without it.</summary>
    internal bool Stops => stopsOnFailure && EndedBy == TeeEnd.Failed;

    internal void Got(int count, bool byTee)
    {
        Debug.Assert(IsLiving && count > 0);
        Ahead += count;
        if (byTee)
        {
            _teed += count;
        }
        else
        {
            _copied += count;
        }

        ProcessTotals.AddTee(count, byTee);
    }

    /// <summary>Bytes have left the head.</summary>
    internal void Left(int count)
    {
        Debug.Assert(!IsLiving || count <= Ahead);
        Ahead -= count;
    }

    internal void End(TeeEnd endedBy, int error = 0)
    {
        if (IsLiving)
        {
            EndedBy = endedBy;
            Error = error;
            ended(this);
        }
    }
}
