// The real kernel, for a server that runs short of descriptors now and then.
using Zerocopy.Conformance.Faults;
using Zerocopy.Properties.Simulation;
using Zerocopy.Sys;

namespace Zerocopy.Soak;

/// <param name="seed">Of when.</param>
internal sealed class ScarceKernel(ulong seed) : RealKernel
{
    private const int Percent = 25;

    private readonly Lock _lock = new();
    private readonly SimRandom _random = new(seed);
    private long _refusedSockets;

    /// <summary>How often there was none for the socket to the upstream.</summary>
    internal long RefusedSockets => Volatile.Read(ref _refusedSockets);

    public override Moved Accept(BorrowedFd listener, Span<byte> address, out int addressLength)
    {
        addressLength = 0;
        return IsScarce() ? Moved.Failed((int)Errno.EMFILE) : base.Accept(listener, address, out addressLength);
    }

    public override Moved OpenSocket(SocketDomain domain)
    {
        if (!IsScarce())
        {
            return base.OpenSocket(domain);
        }

        _ = Interlocked.Increment(ref _refusedSockets);
        return Moved.Failed((int)Errno.EMFILE);
    }

    private bool IsScarce()
    {
        lock (_lock)
        {
            return _random.Chance(Percent);
        }
    }
}
