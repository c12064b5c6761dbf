namespace Zerocopy;

/// <summary>Which call failed, at which end, and how.</summary>
/// <param name="Error">The errno, or 0 when <paramref name="Exception"/> says it all.</param>
/// <param name="Operation">The system call or stream method.</param>
/// <param name="Side">The end.</param>
/// <param name="Exception">What a stream threw, or null.</param>
internal sealed record FlowFault(int Error, string Operation, TransferSide Side, Exception? Exception);
