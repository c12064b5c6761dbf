using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>A call of the kernel, and what it stands between.</summary>
internal enum KernelCall : byte
{
    /// <summary>splice from a source into a pipe of the library.</summary>
    SpliceFill,

    /// <summary>splice from a pipe of the library to the destination.</summary>
    SpliceDrain,

    /// <summary>splice from a socket into a pipe of the user.</summary>
    SpliceSocket,

    /// <summary>splice from a pipe of the user to anything.</summary>
    SplicePipe,

    /// <summary>splice from a file into a pipe of the user.</summary>
    SpliceFile,

    /// <summary>sendfile from a file to a socket.</summary>
    Sendfile,

    /// <summary>copy_file_range from a file to a file.</summary>
    CopyFileRange,

    /// <summary>tee from a pipe into a mirror's.</summary>
    Tee,

    /// <summary>pipe2, and what a new pipe is asked.</summary>
    Pipe2,

    /// <summary>preadv2 and pwritev2 with RWF_NOWAIT on a pipe of somebody else.</summary>
    NoWait,
}

/// <summary>What an errno means for whoever made the call.</summary>
internal enum ErrorMeaning : byte
{
    /// <summary>An end has failed.</summary>
    Failure,

    /// <summary>The kernel, a file system or a sandbox does not do this: copy instead, for good. The real error, if
    /// there is one, comes again from the read or write, which also says whose it is.</summary>
    Refusal,

    /// <summary>Want of descriptors or memory: copy meanwhile, ask again later.</summary>
    Want,
}

/// <summary>The table errno by call by position: when the kernel refuses, when an end has failed, and which of
/// them.</summary>
/// <remarks>Fixed lists, but for one: an error of a socket is told once, so whoever took it for a refusal would read on
/// to a clean end of stream. Files tell theirs again.</remarks>
internal static class Refusals
{
    // EINVAL: not spliceable, or a TLS record that is no data. ENOSYS, EPERM, EACCES: a sandbox or a security module.
    private static readonly Errno[] s_refused =
        [Errno.EINVAL, Errno.ENOSYS, Errno.EPERM, Errno.EACCES, Errno.EOPNOTSUPP, Errno.EXDEV];

    // What a disk or a file system says of the file that is read, and no socket ever.
    private static readonly Errno[] s_disk =
    [
        Errno.EIO, Errno.ESTALE, Errno.EUCLEAN, Errno.EBADMSG, Errno.ENODATA, Errno.EREMOTEIO, Errno.ENOMEDIUM,
        Errno.EMEDIUMTYPE, Errno.ENXIO, Errno.ENODEV, Errno.EHWPOISON, Errno.ENOKEY, Errno.EOVERFLOW, Errno.EISDIR,
    ];

    private static readonly Row[] s_rows =
    [
        new(KernelCall.SpliceFill, s_refused, TransferSide.Source),
        new(KernelCall.SpliceDrain, s_refused, TransferSide.Destination),

        // The only trouble that a pipe has is that nobody reads it any more; a socket or file reports its own.
        new(KernelCall.SpliceSocket, s_refused, TransferSide.Source, OfTheOther: [Errno.EPIPE]),
        new(KernelCall.SplicePipe, s_refused, TransferSide.Destination),
        new(KernelCall.SpliceFile, [.. s_refused, Errno.ESPIPE], TransferSide.Source, OfTheOther: [Errno.EPIPE]),
        new(KernelCall.Sendfile, [.. s_refused, Errno.ESPIPE], TransferSide.Destination, OfTheOther: s_disk),

        // File systems on a network have much to say of it (CIFS: EACCES, ENOENT; libuv#3117, #3322) although they
        // read and write. Both ends are files, so the read and the write tell whose trouble it is.
        new(
            KernelCall.CopyFileRange,
            [.. s_refused, .. s_disk, Errno.EBADF, Errno.ETXTBSY, Errno.ESPIPE],
            TransferSide.Destination,
            OfTheOther: s_disk)
        {
            OnlyFailuresAtStart = [Errno.ENOSPC, Errno.EDQUOT, Errno.EFBIG],
        },
        new(KernelCall.Tee, s_refused, TransferSide.Mirror),
        new(KernelCall.Pipe2, s_refused, TransferSide.None) { Wants = [Errno.EMFILE, Errno.ENFILE, Errno.ENOMEM] },

        // A pipe end forgets RWF_NOWAIT as soon as it is given to splice; kernels before 6.4 never knew it there.
        new(KernelCall.NoWait, s_refused, TransferSide.None),
    ];

    /// <param name="call">The call that failed.</param>
    /// <param name="error">Its errno; never EAGAIN, which is no error.</param>
    /// <param name="isAtStart">Nothing has been moved by this call's like so far.</param>
    internal static ErrorMeaning MeaningOf(KernelCall call, int error, bool isAtStart = false)
    {
        Row row = s_rows[(int)call];
        bool isRefusal = isAtStart && row.OnlyFailuresAtStart is { } failures
            ? !failures.Contains((Errno)error) : row.Refused.Contains((Errno)error);
        return isRefusal ? ErrorMeaning.Refusal
            : row.Wants.Contains((Errno)error) ? ErrorMeaning.Want : ErrorMeaning.Failure;
    }

    internal static bool IsRefusal(KernelCall call, int error, bool isAtStart = false)
        => MeaningOf(call, error, isAtStart) == ErrorMeaning.Refusal;

    /// <summary>Which end it is that has failed.</summary>
    internal static TransferSide SideOf(KernelCall call, int error)
    {
        Row row = s_rows[(int)call];
        return !row.OfTheOther.Contains((Errno)error) ? row.Side
            : row.Side == TransferSide.Source ? TransferSide.Destination : TransferSide.Source;
    }

    /// <param name="Call">The call; rows are in the order of the enum.</param>
    /// <param name="Refused">What means that it is refused.</param>
    /// <param name="Side">Who has failed when it is not.</param>
    /// <param name="OfTheOther">The failures that are the other end's.</param>
    private sealed record Row(KernelCall Call, Errno[] Refused, TransferSide Side, params Errno[] OfTheOther)
    {
        /// <summary>Before a byte was moved everything but these is a refusal; null where position makes no
        /// difference.</summary>
        internal Errno[]? OnlyFailuresAtStart { get; init; }

        internal Errno[] Wants { get; init; } = [];
    }
}
