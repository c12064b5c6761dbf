using System.Diagnostics;
using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>What a flow has taken, or was given as prefix, and has not written. In this order: what is left of the
/// prefix, what is left of one block, what is in one pipe.</summary>
/// <remarks>Only what is empty is filled. Only a pipe that is empty and trusted goes back to the pool, because of any
/// other the bytes would be delivered ahead of the next owner's; only a block that no stream may still use does. A
/// block is lent while it may: whoever gives it back has to know.</remarks>
internal struct Transit
{
    private readonly MoveResources _resources;
    private ReadOnlyMemory<byte> _prefix;
    private bool _isTrusted; // Every call on the pipe returned normally, so its count is the truth.

    internal Transit(MoveResources resources, ReadOnlyMemory<byte> prefix)
    {
        _resources = resources;
        _prefix = prefix;
    }

    internal Block? Block { get; private set; }

    internal SplicePipe? OwnPipe { get; private set; }

    internal readonly bool HasBytes => _prefix.Length > 0 || Block is { Pending: > 0 } || OwnPipe is { Pending: > 0 };

    /// <summary>False once it has given everything back.</summary>
    internal readonly bool HoldsAnything => _prefix.Length > 0 || Block is not null || OwnPipe is not null;

    /// <summary>The first bytes, if they are in memory; empty if they are in the pipe.</summary>
    internal readonly ReadOnlyMemory<byte> Memory
        => _prefix.Length > 0 ? _prefix : Block is { Pending: > 0 } block ? block.PendingMemory : default;

    /// <summary>Takes a block for a read.</summary>
    /// <param name="length">Of so many bytes.</param>
    /// <param name="isLent">A stream may still use the one that it has.</param>
    /// <param name="orNone">The caller can do without when memory is short.</param>
    /// <returns>False if there is none.</returns>
    internal bool TryRentBlock(int length, bool isLent, bool orNone)
    {
        Debug.Assert(!HasBytes);
        if (Block is { } kept && (kept.IsLoan || kept.Size < length))
        {
            ReleaseBlock(isLent); // What a stalled flow kept: reading on in it would never fill 64 KiB, nor promote.
        }

        BlockPool blocks = _resources.Blocks;
        Block ??= orNone && blocks.IsSpent ? null : blocks.TryRent(length <= BlockPool.SmallBytes);
        Block ??= orNone ? null : blocks.RentLeast();
        return Block is not null;
    }

    /// <summary>Takes what an end lends instead.</summary>
    internal void Borrow(Block loan)
    {
        Debug.Assert(!HasBytes && loan.IsLoan);
        if (Block != loan)
        {
            ReleaseBlock(isLent: false);
            Block = loan;
        }
    }

    /// <summary>Takes a pipe, unless it has one: see <see cref="PipePool.TryRent"/>.</summary>
    internal bool TryRentPipe(long nowMs, bool insist, out int error)
    {
        error = 0;
        if (OwnPipe is null)
        {
            OwnPipe = _resources.Pipes!.TryRent(nowMs, insist, out error);
            _isTrusted = true;
        }

        return OwnPipe is not null;
    }

    /// <summary>A read has brought so many bytes into the block.</summary>
    internal readonly void FilledBlock(int count)
    {
        Debug.Assert(!HasBytes);
        Block!.Filled(count);
    }

    /// <summary>A splice has brought so many bytes into the pipe.</summary>
    internal readonly void FilledPipe(int count)
    {
        Debug.Assert(!HasBytes && _isTrusted);
        OwnPipe!.Filled(count);
    }

    /// <summary>So many of the first bytes are written.</summary>
    internal void Drained(int count)
    {
        if (_prefix.Length > 0)
        {
            _prefix = _prefix[count..];
        }
        else if (Block is { Pending: > 0 } block)
        {
            block.Drained(count);
        }
        else
        {
            OwnPipe!.Drained(count);
        }
    }

    /// <summary>A call on the pipe has failed, or broke off.</summary>
    internal void Distrust() => _isTrusted = false;

    /// <summary>Bytes that splice can no longer deliver come out of the pipe into a block. They never go back into it:
    /// that would reorder them.</summary>
    /// <returns>How many; or an errno.</returns>
    internal Moved ReadBack()
    {
        Debug.Assert(OwnPipe is { Pending: > 0 } && Memory.IsEmpty);
        Block ??= _resources.Blocks.TryRent(small: false) ?? _resources.Blocks.RentLeast();
        Moved read = ReadPipe(Block.Span);
        if (!read.IsError)
        {
            Block.Filled(read.Count);
        }

        return read;
    }

    /// <summary>Takes it all, in order.</summary>
    internal byte[] Collect()
    {
        ReadOnlySpan<byte> block = Block is null ? default : Block.PendingMemory.Span;
        byte[] bytes = new byte[_prefix.Length + block.Length + (OwnPipe?.Pending ?? 0)];
        _prefix.Span.CopyTo(bytes);
        block.CopyTo(bytes.AsSpan(_prefix.Length));
        int at = _prefix.Length + block.Length;
        while (OwnPipe is { Pending: > 0 })
        {
            Moved read = ReadPipe(bytes.AsSpan(at));
            if (read.IsError)
            {
                throw ThrowHelper.Kernel("read", read.Error); // Our own pipe, which holds bytes.
            }

            at += read.Count;
        }

        _prefix = default;
        Block?.Clear();
        return bytes;
    }

    /// <summary>About to wait, and not for the source: keeps what is in transit, in a block of 16 KiB where that is
    /// enough, and nothing that is empty.</summary>
    internal void Shrink(bool isLent)
    {
        if (OwnPipe is { Pending: 0 })
        {
            ReleasePipe();
        }

        if (isLent || Block is not { IsLoan: false } block)
        {
            return;
        }

        if (block.Pending == 0)
        {
            ReleaseBlock(isLent);
        }
        else if (block.Pending <= BlockPool.SmallBytes && block.Size > BlockPool.SmallBytes
            && _resources.Blocks.TryRent(small: true) is { } small)
        {
            small.TakeFrom(block);
            ReleaseBlock(isLent);
            Block = small;
        }
    }

    internal void ReleaseBlock(bool isLent)
    {
        if (Block is not { } block)
        {
            return;
        }

        Block = null;
        if (block.IsLoan)
        {
            return; // Its end knows.
        }

        if (isLent)
        {
            _resources.Blocks.Abandon(block);
        }
        else
        {
            _resources.Blocks.Return(block);
        }
    }

    internal void ReleasePipe()
    {
        if (OwnPipe is not { } pipe)
        {
            return;
        }

        OwnPipe = null;
        if (pipe.Pending == 0 && _isTrusted)
        {
            _resources.Pipes!.Return(pipe);
        }
        else
        {
            _resources.Pipes!.Close(pipe);
        }
    }

    /// <summary>Gives everything back. What is still in it is lost.</summary>
    internal void Release(bool isLent)
    {
        _prefix = default;
        ReleaseBlock(isLent);
        ReleasePipe();
        Debug.Assert(!HoldsAnything);
    }

    /// <returns>Bytes, at least one; or an errno.</returns>
    private readonly unsafe Moved ReadPipe(Span<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            Moved read = _resources.Kernel!.ReadPipe(OwnPipe!.ReadEnd, start, Math.Min(OwnPipe.Pending, bytes.Length));
            if (read.IsError || read.Count == 0)
            {
                return read.IsError ? read : Moved.Failed((int)Errno.EIO);
            }

            OwnPipe.Drained(read.Count);
            return read;
        }
    }
}
