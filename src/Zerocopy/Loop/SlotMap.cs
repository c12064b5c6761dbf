using System.Diagnostics;

namespace Zerocopy;

/// <summary>What epoll hands back is a token: slot and generation. A generation that has moved on names a descriptor
/// that was closed and whose events are stale.</summary>
internal sealed class SlotMap<T>
    where T : class
{
    private const int InitialCount = 64;

    private Slot[] _slots = new Slot[InitialCount];
    private int _used;
    private int _firstFree = -1;

    internal int Count { get; private set; }

    internal ulong Add(T value)
    {
        int index = _firstFree;
        if (index >= 0)
        {
            _firstFree = _slots[index].NextFree;
        }
        else
        {
            if (_used == _slots.Length)
            {
                Array.Resize(ref _slots, _used * 2);
            }

            index = _used++;
        }

        ref Slot slot = ref _slots[index];
        Debug.Assert(slot.Value is null);
        slot.Value = value;
        Count++;
        return Token(index, slot.Generation);
    }

    internal T? Find(ulong token)
    {
        int index = (int)(uint)token - 1;
        if ((uint)index >= (uint)_used) // 0 and what no slot has among them.
        {
            return null;
        }

        ref Slot slot = ref _slots[index];
        return slot.Generation == (uint)(token >> 32) ? slot.Value : null;
    }

    internal void Remove(ulong token)
    {
        int index = (int)(uint)token - 1;
        ref Slot slot = ref _slots[index];
        Debug.Assert(slot.Value is not null && slot.Generation == (uint)(token >> 32));
        slot.Value = null;
        slot.Generation++;
        slot.NextFree = _firstFree;
        _firstFree = index;
        Count--;
    }

    // Never 0, which is a name for none.
    private static ulong Token(int index, uint generation) => ((ulong)generation << 32) | (uint)(index + 1);

    private struct Slot
    {
        internal T? Value;
        internal uint Generation;
        internal int NextFree;
    }
}
