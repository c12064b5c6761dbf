// A pipe of the model: one of the library's own, or the user's, whose other end somebody else fills or drains.
using Zerocopy.Sys;

namespace Zerocopy.Properties.Simulation;

/// <summary>Capacity is slots, one for each piece, whatever its size.</summary>
internal sealed class SimPipe
{
    /// <summary>What one page of a write(2) holds.</summary>
    internal const int PageBytes = 4096;

    internal SimPipe(int readEnd, int writeEnd, int slots)
    {
        ReadSide = new SimPipeSide(this, readEnd, isReadSide: true);
        WriteSide = new SimPipeSide(this, writeEnd, isReadSide: false);
        Slots = slots;
    }

    internal SimPipeSide ReadSide { get; }

    internal SimPipeSide WriteSide { get; }

    internal int ReadEnd => ReadSide.Fd;

    internal int WriteEnd => WriteSide.Fd;

    internal int Slots { get; }

    internal SimQueue Content { get; } = new();

    internal bool HasWriters { get; private set; } = true;

    internal bool HasReaders { get; private set; } = true;

    internal bool IsFull => Content.Pieces >= Slots;

    internal int FreeSlots => Math.Max(0, Slots - Content.Pieces);

    /// <summary>What is written into it, if it is a source.</summary>
    internal int Stream { get; set; }

    /// <summary>The library's object, if it has tees.</summary>
    internal KernelPipe? Owner { get; set; }

    /// <summary>The target of a tee, or of a mirror, that it is.</summary>
    internal SimTarget? Target { get; set; }

    /// <summary>A piece goes in, and takes a slot.</summary>
    internal void Put(SimRange range)
    {
        bool wasEmpty = Content.IsEmpty;
        Content.Append(range);
        if (wasEmpty)
        {
            ReadSide.Edge(); // The least that any kernel tells; many tell every write.
        }
    }

    /// <summary>Takes the next piece, or the beginning of it.</summary>
    internal SimRange Take(int length)
    {
        bool wasFull = IsFull;
        SimRange range = Content.Take(length, out _);
        if (wasFull && !IsFull)
        {
            WriteSide.Edge();
        }

        return range;
    }

    internal void CloseWriters()
    {
        HasWriters = false;
        ReadSide.Edge();
    }

    internal void CloseReaders()
    {
        HasReaders = false;
        Content.Clear();
        WriteSide.Edge();
    }
}

/// <summary>One end of a pipe.</summary>
internal sealed class SimPipeSide(SimPipe pipe, int fd, bool isReadSide) : SimFd(fd)
{
    internal SimPipe Pipe { get; } = pipe;

    internal override SimQueue Queue => Pipe.Content;

    internal override bool HasSaidEnd => !Pipe.HasWriters && Closed == LocalClose.None;

    internal override bool HasNothing => Pipe.Content.IsEmpty && Pipe.HasWriters;

    internal override bool HasNoRoom => Pipe.IsFull && Pipe.HasReaders;

    internal override EpollEvents Mask()
    {
        EpollEvents mask = EpollEvents.None;
        if (isReadSide)
        {
            mask |= Pipe.Content.IsEmpty ? EpollEvents.None : EpollEvents.In;
            mask |= Pipe.HasWriters ? EpollEvents.None : EpollEvents.HangUp;
        }
        else
        {
            mask |= Pipe.IsFull ? EpollEvents.None : EpollEvents.Out;
            mask |= Pipe.HasReaders ? EpollEvents.None : EpollEvents.Error;
        }

        return mask;
    }

    /// <summary>Whoever has the other end closes it: a pipe knows no other error.</summary>
    internal override void Reset(Errno error) => CloseOther();

    /// <summary>Dispose closes both ends, and the handle shows it at once; this end lives on while it is leased. Tees
    /// are told before anybody can take it for the end of the stream.</summary>
    internal override void CloseLocally(LocalClose how, bool isVisible)
    {
        Pipe.Owner?.CloseRead();
        Closed = LocalClose.Disconnect;
        ClosedIsVisible = true;
        CloseOther();
    }

    private void CloseOther()
    {
        if (isReadSide)
        {
            Pipe.CloseWriters();
        }
        else
        {
            Pipe.CloseReaders();
        }
    }
}
