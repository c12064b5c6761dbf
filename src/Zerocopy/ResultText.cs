using System.Globalization;
using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>Results in one line, for people.</summary>
internal static class ResultText
{
    // So much by the kernel is all of it: the first reads of every stream are copied.
    private const double NearlyAll = 0.95;

    /// <param name="result">What is said.</param>
    /// <param name="fault">What ended it, if something failed.</param>
    /// <param name="left">What to call the left side.</param>
    /// <param name="right">What to call the right side.</param>
    internal static string Of(in RelayResult result, FlowFault? fault, string left, string right)
    {
        string who = result.EndedBy switch
        {
            RelayEnd.None => "running",
            RelayEnd.LeftFailed => $"{left} failed",
            RelayEnd.RightFailed => $"{right} failed",
            RelayEnd.LeftDisposed => $"{left} was disposed",
            RelayEnd.RightDisposed => $"{right} was disposed",
            RelayEnd.EndOfStream or RelayEnd.LingerTimeout => result.EndedFirst switch
            {
                RelaySide.Left => $"{left} ended",
                RelaySide.Right => $"{right} ended",
                _ => "ended",
            },
            RelayEnd.IdleTimeout => "idle",
            RelayEnd.Canceled => "canceled",
            RelayEnd.Aborted => "aborted",
            RelayEnd.MirrorFailed => "mirror failed",
            _ => "failed",
        };
        string end = result.EndedBy == RelayEnd.None ? string.Empty : $"; {result.EndedBy}";
        return $"{who}: {Moved(result.LeftToRight)} up{How(result.LeftToRight)}, "
            + $"{Moved(result.RightToLeft)} down{How(result.RightToLeft)}{end}{Why(fault)}";
    }

    internal static string Of(in TransferResult result)
    {
        string end = result.EndedBy == TransferEnd.None ? string.Empty : $"; {result.EndedBy}";
        return Moved(result) + How(result) + end;
    }

    /// <returns>The name of an errno, or null for 0.</returns>
    internal static string? NameOf(int error) => error == 0 ? null : ((Errno)error).Name();

    /// <summary>Decimal units, as networks have them.</summary>
    internal static string Bytes(long count)
    {
        if (count < 1000)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{count} B");
        }

        double scaled = count;
        int unit = -1;
        do
        {
            scaled /= 1000;
            unit++;
        }
        while (scaled >= 999.95); // Which one digit would round to 1000.0.

        return string.Create(CultureInfo.InvariantCulture, $"{scaled:0.0} {"kMGTPE"[unit]}B");
    }

    private static string Moved(in TransferResult result) => Bytes(result.BytesWritten);

    private static string How(in TransferResult result)
    {
        long inKernel = result.BytesWritten - result.BytesBuffered;
        if (result.FallbackError != 0)
        {
            return $" (copied: {NameOf(result.FallbackError)})";
        }

        if (inKernel == 0)
        {
            return string.Empty;
        }

        string mechanism = result.Mechanism switch
        {
            TransferMechanism.Sendfile => "sendfile",
            TransferMechanism.CopyFileRange => "copy_file_range",
            _ => "spliced",
        };
        double part = (double)inKernel / result.BytesWritten;
        return part >= NearlyAll ? $" ({mechanism})"
            : string.Create(CultureInfo.InvariantCulture, $" ({Math.Max(part * 100, 1):0}% {mechanism})");
    }

    /// <summary>An error with its name, or an exception with its type and the first line of what it says.</summary>
    private static string Why(FlowFault? fault)
    {
        if (fault is null)
        {
            return string.Empty;
        }

        if (fault.Exception is not { } exception)
        {
            return $": {fault.Operation}, {NameOf(fault.Error)}";
        }

        // A message may be anything, and so may what it throws.
        return $": {fault.Operation}, {exception.GetType().Name}: {FirstLine(exception)}";
    }

    private static string FirstLine(Exception exception)
    {
        string message;
        try
        {
            message = exception.Message ?? string.Empty;
        }
        catch (Exception e)
        {
            message = $"(its message threw {e.GetType().Name})";
        }

        int end = message.AsSpan().IndexOfAny('\r', '\n');
        return end < 0 ? message : message[..end];
    }
}
