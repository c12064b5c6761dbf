namespace Zerocopy;

/// <summary>The targets of one stream, and the rule that gives each of them every byte exactly once: a target is teed
/// again only when everything it has got has left the head, and no more may leave than the slowest living target has
/// got.</summary>
internal sealed class TeeSet
{
    private TeeBranch[] _branches = [];

    internal int Count => _branches.Length;

    /// <summary>True if what leaves is of interest to anybody: a living target, or one whose failure stops the
    /// stream.</summary>
    internal bool IsActive => Array.Exists(_branches, branch => branch.IsLiving || branch.Stops);

    /// <summary>The target that the last would-block waits for, or -1 if it was the head.</summary>
    internal int Blocked { get; private set; } = -1;

    /// <summary>True if the last error was that of a target whose failure stops the stream; otherwise the call was
    /// refused.</summary>
    internal bool HasStopped { get; private set; }

    internal TeeBranch this[int index] => _branches[index];

    internal void Add(TeeBranch branch) => _branches = [.. _branches, branch];

    /// <summary>Offers the next bytes to whoever may take them.</summary>
    /// <param name="head">Where they are.</param>
    /// <param name="length">How many are wanted; more than 0.</param>
    /// <returns>How many of them may leave now; 0 at the end of the stream; would-block; or an errno, see
    /// <see cref="HasStopped"/>.</returns>
    internal Moved Offer<THead>(ref THead head, int length)
        where THead : struct, ITeeHead
    {
        Blocked = -1;
        HasStopped = false;
        int allowed = length;
        for (int i = 0; i < _branches.Length; i++)
        {
            TeeBranch branch = _branches[i];
            bool canTake = branch.IsLiving && (branch.Ahead == 0 || (head.CanSkip && branch.Ahead < length));
            if (canTake && Give(ref head, i, length) is { } nothing)
            {
                return nothing;
            }

            if (branch.Stops)
            {
                HasStopped = true;
                return Moved.Failed(branch.Error);
            }

            if (branch.IsLiving && branch.Ahead < allowed)
            {
                allowed = branch.Ahead;
                Blocked = allowed == 0 ? i : -1;
            }
        }

        return allowed > 0 ? Moved.Bytes(allowed) : Moved.WouldBlock;
    }

    /// <summary>So many bytes have left the head.</summary>
    internal void Left(int count)
    {
        foreach (TeeBranch branch in _branches)
        {
            if (branch.IsLiving)
            {
                branch.Left(count);
            }
        }
    }

    /// <summary>No byte comes any more.</summary>
    internal void End(TeeEnd endedBy)
    {
        foreach (TeeBranch branch in _branches)
        {
            branch.End(endedBy);
        }
    }

    /// <returns>Null if the target's state says it all; otherwise what there is to say of the head.</returns>
    private Moved? Give<THead>(ref THead head, int index, int length)
        where THead : struct, ITeeHead
    {
        TeeBranch branch = _branches[index];
        Moved given = head.Give(index, branch.Ahead, length - branch.Ahead);
        if (given.IsWouldBlock)
        {
            if (head.IsDry)
            {
                return Moved.WouldBlock;
            }

            if (branch.Ahead == 0 && branch.DetachesOnLag)
            {
                branch.End(TeeEnd.Lagged);
            }

            return null;
        }

        if (given.IsError && head.IsRefusal(given.Error))
        {
            return given;
        }

        if (given.IsError)
        {
            branch.End(TeeEnd.Failed, given.Error);
            return null;
        }

        if (given.Count == 0)
        {
            return Moved.Bytes(0);
        }

        branch.Got(given.Count, head.IsTee);
        return null;
    }
}
