// How a transfer ended, thrown or not.
namespace Zerocopy.Soak;

/// <param name="Result">The counts.</param>
/// <param name="Failure">What was thrown, or null.</param>
internal sealed record Outcome(TransferResult Result, Exception? Failure)
{
    internal TransferEnd EndedBy => Result.EndedBy;

    internal bool EndedWell => Failure is null;

    internal ReadOnlyMemory<byte> Undelivered => Failure is ITransferFailure failure ? failure.Undelivered : default;

    internal static async Task<Outcome> Of(Task<TransferResult> transfer)
    {
        try
        {
            return new Outcome(await transfer, null);
        }
        catch (Exception e) when (e is ITransferFailure)
        {
            return new Outcome(((ITransferFailure)e).Progress, e);
        }
    }

    public override string ToString()
        => $"{EndedBy}, {Result.BytesConsumed} consumed, {Result.BytesWritten} written, {Result.BytesBuffered} copied, "
            + $"{Result.Mechanism}, fallback {Result.FallbackError}: {Failure?.Message ?? "well"}";
}
