namespace Zerocopy;

/// <summary>How a sync call waits: where there is a kernel by poll(2), otherwise for a wake.</summary>
internal abstract class SyncWaiter
{
    internal static SyncWaiter Create() => Platform.HasKernel ? new PollWaiter() : new EventWaiter();

    /// <summary>Makes sure that <see cref="Wake"/> works.</summary>
    internal abstract void MakeWakeable();

    /// <summary>Ends the wait, or the next one. Any thread.</summary>
    internal abstract void Wake();

    /// <summary>Forgets a wake that came after the last wait.</summary>
    internal abstract void TakeWake();

    /// <summary>Waits a slice for what the flow needs.</summary>
    /// <returns>False if nothing came.</returns>
    internal abstract bool Wait(ReadOnlySpan<FlowEnd> ends, Flow flow, int sliceMs);

    /// <summary>The transfer is over: nothing is kept of its ends.</summary>
    internal abstract void Forget();

    private sealed class EventWaiter : SyncWaiter
    {
        private readonly ManualResetEventSlim _woken = new();

        internal override void MakeWakeable()
        {
            // It always is.
        }

        internal override void Wake() => _woken.Set();

        internal override void TakeWake() => _woken.Reset();

        internal override void Forget()
        {
            // It knows nothing of ends.
        }

        internal override bool Wait(ReadOnlySpan<FlowEnd> ends, Flow flow, int sliceMs)
        {
            bool isWoken = _woken.Wait(sliceMs);
            if (isWoken)
            {
                _woken.Reset();
            }

            return isWoken;
        }
    }
}
