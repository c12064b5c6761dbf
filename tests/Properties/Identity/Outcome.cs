// What a caller of a transfer sees, whether it returned or threw.
namespace Zerocopy.Properties.Identity;

internal sealed record Outcome(TransferResult Result, int Error, ReadOnlyMemory<byte> Undelivered, long Received)
{
    /// <summary>What it threw, or null.</summary>
    internal Exception? Failure { get; private init; }

    internal static Outcome Of(Func<Task<TransferResult>> transfer, TimeSpan timeout)
    {
        try
        {
            return new Outcome(transfer().WaitAsync(timeout).GetAwaiter().GetResult(), 0, default, 0);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException("the transfer does not end", e);
        }
        catch (Exception e) when (e is ITransferFailure)
        {
            ITransferFailure failure = (ITransferFailure)e;
            return new Outcome(failure.Progress, (e as TransferException)?.Error ?? 0, failure.Undelivered, 0)
            {
                Failure = e,
            };
        }
    }
}
