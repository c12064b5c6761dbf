// The real kernel, which moves less than it could and fails where a test says so.
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Faults;

/// <summary>One of the calls that move bytes.</summary>
public enum MovingCall
{
    None,
    Receive,
    Send,
    Fill,
    Drain,
    Tee,
    ReadPipe,
    WritePipe,
    MoveFile,
    ReadFile,
    WriteFile,
}

/// <summary>Every call moves a random part of what it was asked for, and one kind of them fails from some call
/// on.</summary>
/// <param name="seed">Of the parts.</param>
internal sealed unsafe class StumblingKernel(int seed) : KernelOverride
{
    private readonly Random _random = new(seed);
    private readonly HashSet<int> _readEnds = [];
    private int _calls;

    /// <summary>One call of so many moves less.</summary>
    internal int ShortOneIn { get; init; } = 1;

    internal MovingCall Failing { get; init; }

    /// <summary>How many of them succeed before.</summary>
    internal int FailsAfter { get; init; }

    internal int Error { get; init; }

    internal bool HasFailed { get; private set; }

    internal int ShortMoves { get; private set; }

    public override Moved Splice(BorrowedFd source, BorrowedFd destination, int length, long offset)
    {
        bool isDrain;
        lock (_random)
        {
            isDrain = _readEnds.Contains(source.Raw);
        }

        return Fails(isDrain ? MovingCall.Drain : MovingCall.Fill)
            ? Moved.Failed(Error) : base.Splice(source, destination, Part(length), offset);
    }

    public override Moved Tee(BorrowedFd source, BorrowedFd destination, int length)
        => Fails(MovingCall.Tee) ? Moved.Failed(Error) : base.Tee(source, destination, Part(length));

    // Never short: of a socket that is not empty recv gives what it is asked for, and the flow relies on that.
    public override Moved Receive(BorrowedFd socket, bool isUnix, byte* buffer, int length)
        => Fails(MovingCall.Receive) ? Moved.Failed(Error) : base.Receive(socket, isUnix, buffer, length);

    public override Moved Send(BorrowedFd socket, byte* buffer, int length)
        => Fails(MovingCall.Send) ? Moved.Failed(Error) : base.Send(socket, buffer, Part(length));

    public override Moved ReadPipe(BorrowedFd readEnd, byte* buffer, int length)
        => Fails(MovingCall.ReadPipe) ? Moved.Failed(Error) : base.ReadPipe(readEnd, buffer, Part(length));

    public override Moved WritePipe(BorrowedFd writeEnd, byte* buffer, int length)
        => Fails(MovingCall.WritePipe) ? Moved.Failed(Error) : base.WritePipe(writeEnd, buffer, Part(length));

    public override Moved ReadFile(BorrowedFd file, byte* buffer, int length, long offset)
        => Fails(MovingCall.ReadFile) ? Moved.Failed(Error) : base.ReadFile(file, buffer, Part(length), offset);

    public override Moved WriteFile(BorrowedFd file, byte* buffer, int length, long offset)
        => Fails(MovingCall.WriteFile) ? Moved.Failed(Error) : base.WriteFile(file, buffer, Part(length), offset);

    public override Moved MoveFile(
        TransferMechanism route,
        BorrowedFd file,
        long offset,
        BorrowedFd destination,
        long destinationOffset,
        int length)
        => Fails(MovingCall.MoveFile)
            ? Moved.Failed(Error)
            : base.MoveFile(route, file, offset, destination, destinationOffset, Part(length));

    public override Moved OpenPipe(int capacityBytes, out int readEnd, out int writeEnd)
    {
        Moved made = base.OpenPipe(capacityBytes, out readEnd, out writeEnd);
        lock (_random)
        {
            _readEnds.Add(readEnd);
        }

        return made;
    }

    public override void ClosePipe(int readEnd, int writeEnd)
    {
        lock (_random)
        {
            _readEnds.Remove(readEnd);
        }

        base.ClosePipe(readEnd, writeEnd);
    }

    private int Part(int length)
    {
        lock (_random)
        {
            if (length <= 1 || _random.Next(ShortOneIn) != 0)
            {
                return length;
            }

            ShortMoves++;

            // As often a few bytes as many: 1 to length, even on a scale of halves.
            return Math.Max(1, (int)(length * Math.Pow(0.5, _random.NextDouble() * Math.Log2(length))));
        }
    }

    private bool Fails(MovingCall call)
    {
        lock (_random)
        {
            bool fails = call == Failing && _calls++ >= FailsAfter;
            HasFailed |= fails;
            return fails;
        }
    }
}
