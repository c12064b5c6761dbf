using System.Net;
using System.Net.Sockets;
using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>Every exception of this assembly is worded here.</summary>
internal static class ThrowHelper
{
    // What Task.Delay and CancellationTokenSource accept too.
    private const long TimeoutMsMax = int.MaxValue;

    internal static ArgumentNullException Null(string parameter)
        => new(parameter, "An endpoint must be a Socket, TcpClient, SafeHandle, Pipe or Stream that is not null.");

    internal static ArgumentOutOfRangeException Negative(string parameter, long value)
        => new(parameter, value, "Must be null (no limit), zero or positive.");

    internal static ArgumentOutOfRangeException OutOfRange(string parameter, object value)
        => new(parameter, value, $"{value} is not allowed here.");

    internal static ArgumentException Argument(string parameter, string whatItIs)
        => new($"The {parameter} is {whatItIs}.", parameter);

    internal static ArgumentException NotAStreamSocket(string parameter, string whatItIs)
        => Argument(parameter, $"a {whatItIs}, whose message boundaries would be lost; only stream sockets can move");

    internal static ObjectDisposedException Disposed(string parameter)
    {
        (TransferSide side, TransferEnd endedBy) = parameter switch
        {
            "source" => (TransferSide.Source, TransferEnd.SourceDisposed),
            "destination" => (TransferSide.Destination, TransferEnd.DestinationDisposed),
            _ => (TransferSide.None, TransferEnd.None),
        };
        return new TransferDisposedException(side, TransferResult.OfNothing(endedBy), default, parameter);
    }

    internal static ArgumentException PipeIntoItself(string parameter)
        => Argument(parameter, "the same pipe, which cannot be moved into itself");

    internal static ObjectDisposedException PipeClosed(string end)
        => new(nameof(Pipe), $"The {end} end of the pipe is closed.");

    internal static InvalidOperationException TeeTooLate()
        => new("The pipe was read or written before, so the target would miss the beginning. Tee it first.");

    internal static IOException Truncated(long offset, long size)
        => new($"The file was truncated while it was read: it ends at {offset}, and had {size} bytes.");

    internal static IOException WrongCount(int count, int asked)
        => new($"The stream broke its contract: a read returned {count} of {asked} bytes. None of them was used.");

    internal static InvalidOperationException ResultTaken()
        => new("The result is not there yet, or was taken before: a ValueTask is awaited once.");

    internal static IOException TeeFailed(int error) => Kernel("tee", error);

    internal static IOException TeeCut(TeeEnd endedBy)
        => new(endedBy == TeeEnd.Lagged
            ? "The tee was detached because this pipe was not emptied in time: what follows is missing."
            : "The stream that was teed into this pipe was cut off.");

    internal static IOException CutOff() => new("The stream was cut off by an error: what follows is missing.");

    internal static NotSupportedException NotZeroCopy(string why)
        => new($"RequireZeroCopy: these bytes cannot be moved by the kernel: {why}. Nothing was moved.");

    /// <summary>The kernel failed us where no peer can be at fault: no descriptors, no memory.</summary>
    internal static IOException Kernel(string call, int error) => new($"{call} failed: {Name(error)}.", error);

    internal static InvalidOperationException BadSetting(string name, object value, string mustBe)
        => new($"The AppContext setting {name} is '{value}'; it must be {mustBe}.");

    internal static SocketException NoAddress(string host)
        => new((int)SocketError.HostNotFound, $"{host} has no address.");

    internal static SocketException NotConnected(EndPoint endPoint, string call, Errno error)
        => new((int)SocketErrorOf(error), $"{call} to {endPoint} failed: {Name((int)error)}.");

    internal static SocketException NotListening(EndPoint endPoint, string call, Errno error)
        => new((int)SocketErrorOf(error), $"{call} for {endPoint} failed: {Name((int)error)}.");

    internal static FlowOptions RequireFlowOptions(FlowOptions? value, string parameter)
        => value is null ? throw new ArgumentNullException(parameter)
            : value.GetType() == typeof(FlowOptions) ? value
            : throw new ArgumentException("Must be FlowOptions: a relay's timeouts are RelayOptions'.", parameter);

    internal static TimeSpan RequireTimeout(string parameter, TimeSpan value)
        => value == Timeout.InfiniteTimeSpan || (value > TimeSpan.Zero && value.TotalMilliseconds <= TimeoutMsMax)
            ? value
            : throw new ArgumentOutOfRangeException(
                parameter, value, "Must be positive, at most 24 days, or Timeout.InfiniteTimeSpan.");

    internal static TransferException Failed(
        FlowFault fault, TransferResult progress, ReadOnlyMemory<byte> undelivered)
    {
        string at = fault.Side switch
        {
            TransferSide.Source => " at the source",
            TransferSide.Destination => " at the destination",
            TransferSide.Mirror => " at the mirror",
            _ => string.Empty,
        };
        string why = fault.Exception?.Message ?? Name(fault.Error);
        return new TransferException(
            $"{fault.Operation} failed{at} after {progress.BytesWritten} bytes were written: {why}",
            fault,
            progress,
            undelivered);
    }

    internal static TransferException Idle(
        TransferResult progress, ReadOnlyMemory<byte> undelivered, Exception? inner)
        => new(
            $"No byte moved for the idle timeout, after {progress.BytesWritten} bytes were written (ETIMEDOUT).",
            new FlowFault((int)Errno.ETIMEDOUT, "wait", TransferSide.None, inner),
            progress,
            undelivered);

    private static SocketError SocketErrorOf(Errno error) => error switch
    {
        Errno.ECONNREFUSED => SocketError.ConnectionRefused,
        Errno.ECONNRESET => SocketError.ConnectionReset,
        Errno.ETIMEDOUT => SocketError.TimedOut,
        Errno.EHOSTUNREACH => SocketError.HostUnreachable,
        Errno.ENETUNREACH => SocketError.NetworkUnreachable,
        Errno.ENETDOWN => SocketError.NetworkDown,
        Errno.EADDRNOTAVAIL or Errno.ENOENT => SocketError.AddressNotAvailable,
        Errno.EADDRINUSE => SocketError.AddressAlreadyInUse,
        Errno.EACCES or Errno.EPERM => SocketError.AccessDenied,
        Errno.EAFNOSUPPORT => SocketError.AddressFamilyNotSupported,
        Errno.EMFILE or Errno.ENFILE => SocketError.TooManyOpenSockets,
        Errno.ENOBUFS or Errno.ENOMEM => SocketError.NoBufferSpaceAvailable,
        _ => SocketError.SocketError,
    };

    // Elsewhere the system's texts are of other numbers than ours.
    private static string Name(int error) => OperatingSystem.IsLinux()
        ? $"{((Errno)error).Name()} ({((Errno)error).Describe()})" : ((Errno)error).Name();
}
