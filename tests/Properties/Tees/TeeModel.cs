// A tee of a stream that is nothing but positions; it judges every call that a TeeSet makes, and every answer it gives.
using Zerocopy.Properties.Simulation;
using Zerocopy.Sys;

namespace Zerocopy.Properties.Tees;

/// <param name="Seed">Of all answers.</param>
/// <param name="Targets">One to four.</param>
/// <param name="Steps">How many offers.</param>
/// <param name="CanSkip">The head is memory, not a pipe.</param>
/// <param name="FullPercent">How often a target is full.</param>
/// <param name="FailPercent">How often one fails.</param>
internal sealed record TeeScript(ulong Seed, int Targets, int Steps, bool CanSkip, int FullPercent, int FailPercent)
{
    internal static TeeScript Of(int seed)
    {
        SimRandom random = new((ulong)seed);
        return new TeeScript(
            random.Next(), random.Between(1, 4), random.Between(1, 60), random.Chance(40),
            random.Pick<int>([0, 30, 60]), random.Pick<int>([0, 0, 2, 10]));
    }
}

internal sealed class TeeModel
{
    private readonly TeeScript _script;
    private readonly SimRandom _random;
    private readonly TeeSet _tees = new();
    private readonly Target[] _targets;
    private long _head;
    private int _asked;
    private bool _isDry;
    private bool _hasEnded;
    private bool _isRefused;

    internal TeeModel(TeeScript script)
    {
        _script = script;
        _random = new SimRandom(script.Seed + 1);
        _targets = [.. Enumerable.Range(0, script.Targets).Select(_ => MakeTarget())];
        foreach (Target target in _targets)
        {
            _tees.Add(target.Branch);
        }
    }

    /// <summary>The last offer waits for a target.</summary>
    internal bool WasBlocked { get; private set; }

    /// <summary>A target has failed that must not.</summary>
    internal bool IsStopped { get; private set; }

    internal int Lagged => _targets.Count(target => target.Branch.EndedBy == TeeEnd.Lagged);

    private long Slowest => _targets.Where(target => target.Branch.IsLiving)
        .Select(target => target.Got - _head).DefaultIfEmpty(long.MaxValue).Min();

    internal int Offer(int length)
    {
        _asked = length;
        _isDry = false;
        _hasEnded = false;
        _isRefused = false;
        foreach (Target target in _targets)
        {
            target.Answer = null;
            target.FoundDry = false;
        }

        Head head = new(this);
        Moved allowed = _tees.Offer(ref head, length);
        foreach (Target target in _targets)
        {
            target.Judge(_head);
        }

        WasBlocked = allowed.IsWouldBlock && !_isDry;
        IsStopped = allowed is { IsError: true, IsWouldBlock: false } && !_isRefused;
        JudgeAnswer(allowed, length);
        return allowed.IsError ? 0 : allowed.Count;
    }

    internal void Leave(int count)
    {
        _head += count;
        _tees.Left(count);
        Array.ForEach(_targets, target => target.Answer = null);
        Array.ForEach(_targets, target => target.Judge(_head));
    }

    /// <summary>The stream ends, twice: that is told once.</summary>
    internal void End()
    {
        _tees.End(TeeEnd.EndOfStream);
        _tees.End(TeeEnd.SourceClosed);
        Array.ForEach(_targets, target => Require(
            target.TimesEnded == 1 && target.Branch.EndedBy is not (TeeEnd.None or TeeEnd.SourceClosed),
            $"told {target.TimesEnded} times of {target.Branch.EndedBy}"));
        Require(!_tees.IsActive || IsStopped, "somebody is interested after the end");
    }

    private static void Require(bool holds, string law) => LawBrokenException.Require(holds, law);

    private void JudgeAnswer(Moved allowed, int length)
    {
        bool isStopped = _targets.Any(target => target.Stops && target.Branch.EndedBy == TeeEnd.Failed);
        bool isHeadToBlame = _isDry || _hasEnded || _isRefused;
        Require(IsStopped == (isStopped && !isHeadToBlame), "stopped without a reason, or not at all");
        Require(_tees.HasStopped == IsStopped, "says that it has stopped, or not");
        if (IsStopped)
        {
            return;
        }

        if (isHeadToBlame)
        {
            bool isPassedOn = _isDry ? allowed.IsWouldBlock
                : _isRefused ? allowed.Error == (int)Errno.EINVAL
                : allowed is { IsError: false, Count: 0 };
            Require(isPassedOn, "the head's answer is not passed on");
            Require(_tees.Blocked == -1 || !_isDry, "blames a target for an empty head");
            return;
        }

        if (WasBlocked)
        {
            Target blocker = _targets[_tees.Blocked];
            Require(
                blocker.Branch.IsLiving && blocker.Got == _head && blocker.IsFull && !blocker.Detaches,
                "waits for a target that does not hold it up");
            return;
        }

        Require(allowed.Count == Math.Min(length, Slowest), $"{allowed.Count} may leave, the slowest has {Slowest}");
        Require(_tees.Blocked == -1, "blames a target though bytes may leave");
    }

    private Target MakeTarget()
    {
        bool detaches = _random.Chance(30);
        bool stops = _random.Chance(30);
        return new Target(detaches, stops);
    }

    /// <summary>What a target answers: the next bytes from where it is, fewer of them, or why not.</summary>
    private Moved Give(int index, int skip, int length)
    {
        Target target = _targets[index];
        Require(target.Answer is null, "offered twice at once");
        Require(target.Branch.IsLiving, "offered to a target that has ended");
        Require(target.Got == _head + skip, $"given from {_head + skip} on, it has come to {target.Got}");
        Require(skip == 0 || _script.CanSkip, "given from the head again what it has already");
        Require(length > 0 && skip + length == _asked, "not offered all that is asked for");
        int dice = _random.Below(100);
        target.Answer = dice < _script.FailPercent ? Moved.Failed((int)Errno.EPIPE)
            : dice < _script.FailPercent + _script.FullPercent ? Moved.WouldBlock
            : HeadIsDry(dice) ? Moved.WouldBlock
            : _hasEnded ? Moved.Bytes(0)
            : IsRefused(dice) ? Moved.Failed((int)Errno.EINVAL)
            : Moved.Bytes(_random.Chance(50) ? length : _random.Between(1, length));
        target.FoundDry = _isDry;
        target.Take();
        return target.Answer.Value;
    }

    /// <summary>A pipe at whose head a target has nothing may be empty, or at its end; memory is neither.</summary>
    private bool HeadIsDry(int dice)
    {
        bool mayBe = !_script.CanSkip
            && Array.TrueForAll(_targets, target => target.Got <= _head && target is not { IsFull: true });
        _isDry = mayBe && dice >= 95;
        _hasEnded = mayBe && dice == 94;
        return _isDry;
    }

    /// <summary>tee(2) itself may be refused.</summary>
    private bool IsRefused(int dice) => _isRefused = !_script.CanSkip && dice == 93;

    private readonly struct Head(TeeModel model) : ITeeHead
    {
        public bool CanSkip => model._script.CanSkip;

        public bool IsTee => !model._script.CanSkip;

        public bool IsDry => model._isDry;

        public bool IsRefusal(int error) => error == (int)Errno.EINVAL;

        public Moved Give(int target, int skip, int length) => model.Give(target, skip, length);
    }

    /// <summary>A target, and what it is known to have got.</summary>
    private sealed class Target
    {
        private TeeEnd _ended;

        internal Target(bool detaches, bool stops)
        {
            Detaches = detaches;
            Stops = stops;
            Branch = new TeeBranch(detaches, stops, _ => TimesEnded++);
        }

        internal bool Detaches { get; }

        internal bool Stops { get; }

        internal TeeBranch Branch { get; }

        internal long Got { get; private set; }

        internal int TimesEnded { get; private set; }

        /// <summary>What it said to the last offer; null if it was not asked.</summary>
        internal Moved? Answer { get; set; }

        /// <summary>It was the head that had nothing.</summary>
        internal bool FoundDry { get; set; }

        internal bool IsFull => Answer is { IsWouldBlock: true } && !FoundDry;

        internal void Take() => Got += Answer is { IsError: false } taken ? taken.Count : 0;

        internal void Judge(long head)
        {
            Require(Branch.BytesTeed + Branch.BytesCopied == Got, $"counts {Branch.BytesTeed}, it has {Got}");
            Require(!Branch.IsLiving || Branch.Ahead == Got - head, $"ahead {Branch.Ahead}, it has {Got} of {head}");
            Require(!Branch.IsLiving || Got >= head, $"{head} have left, it has {Got}");
            TeeEnd due = _ended != TeeEnd.None || Answer is null ? _ended
                : Answer is { IsError: true, Error: (int)Errno.EPIPE } ? TeeEnd.Failed
                : IsFull && Detaches && Got == head ? TeeEnd.Lagged
                : TeeEnd.None;
            Require(Branch.EndedBy == due, $"ended by {Branch.EndedBy}, it should be {due}");
            _ended = due;
        }
    }
}
