// A descriptor in somebody else's care: cannot be stored on the heap nor cross an await.
namespace Zerocopy.Sys;

/// <summary>A file descriptor that the callee may use until it returns, and must not close.
/// Being a ref struct, it cannot outlive the stack frame that vouches for it.</summary>
/// <remarks>Allocates: nothing. Threads: a value on one stack.</remarks>
public readonly ref struct BorrowedFd
{
    // Stored as ~fd, so that default is -1 (invalid) and not 0 (standard input).
    private readonly int _inverted;

    private BorrowedFd(int fd) => _inverted = ~fd;

    /// <summary>The number; -1 for <c>default</c>.</summary>
    public int Raw => ~_inverted;

    /// <summary>True if the number is 0 or more. Says nothing about whether it is open.</summary>
    public bool IsValid => Raw >= 0;

    /// <summary>Borrows a number whose owner is known to keep it open meanwhile.</summary>
    /// <param name="fd">A descriptor. Borrowed: neither stored nor closed.</param>
    /// <returns>The descriptor; not valid if <paramref name="fd"/> is negative.</returns>
    public static BorrowedFd FromRaw(int fd) => new(fd);
}
