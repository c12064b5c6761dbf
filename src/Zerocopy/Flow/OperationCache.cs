namespace Zerocopy;

/// <summary>A bounded cache of operations that are over, so that the next transfer allocates nothing.</summary>
internal sealed class OperationCache<T>
    where T : class
{
    private const int CountMax = 256;

    private readonly Lock _lock = new();
    private readonly T?[] _idle = new T?[CountMax];
    private int _count;

    internal T? TryTake()
    {
        lock (_lock)
        {
            if (_count == 0)
            {
                return null;
            }

            T? taken = _idle[--_count];
            _idle[_count] = null;
            return taken;
        }
    }

    internal void Give(T operation)
    {
        lock (_lock)
        {
            if (_count < CountMax)
            {
                _idle[_count++] = operation;
            }
        }
    }
}
