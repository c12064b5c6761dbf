// A TCP connection that is underway: it is answered, refused, or never answered.
using Zerocopy.Properties.Simulation;
using Zerocopy.Sys;

namespace Zerocopy.Properties.Servers;

internal sealed class ServedDial(ServedKernel kernel, ServedSocket socket, SimRandom random, int faults) : SimActor
{
    private readonly bool _isNever = random.Chance(faults / 5);
    private readonly bool _isRefused = random.Chance(faults / 4);

    internal override bool IsQuiet => _isNever || socket.State != ServedState.Connecting;

    internal override void Tick()
    {
        if (IsQuiet || random.Chance(30))
        {
            return;
        }

        if (_isRefused)
        {
            Errno error = random.Chance(50) ? Errno.ECONNREFUSED
                : random.Pick<Errno>([Errno.ETIMEDOUT, Errno.EHOSTUNREACH]);
            kernel.Refuse(socket, error);
        }
        else
        {
            kernel.Answer(socket);
        }
    }

    internal override bool ActsOn(SimFd fd) => fd == socket;
}
