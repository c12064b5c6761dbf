// The laws of mirrors and tees.
namespace Zerocopy.Properties.Simulation;

internal sealed partial class Simulation
{
    /// <summary>After every step: each target's books are the kernel's.</summary>
    private static void JudgeTargets(SimDirection direction)
    {
        foreach (SimTarget target in direction.Targets)
        {
            TeeBranch branch = target.Branch;
            Require(branch.BytesTeed == target.Teed, $"teed {branch.BytesTeed}, given {target.Teed}");
            Require(branch.BytesCopied == target.Copied, $"copied {branch.BytesCopied}, given {target.Copied}");
            long head = target == direction.Mirror ? direction.NextWritten : direction.NextTaken;
            if (branch.IsLiving)
            {
                Require(branch.Ahead == target.Got - head, $"ahead {branch.Ahead}, got {target.Got} of {head}");
                continue;
            }

            bool isRight = branch.EndedBy switch
            {
                TeeEnd.Lagged => target.Options.OnLag == TeeLag.Detach && target.WasFull,
                TeeEnd.Failed => target.LastError != 0 && branch.Error == (int)target.LastError,
                TeeEnd.EndOfStream => target.Got == head,
                _ => target.Got >= head,
            };
            Require(isRight, $"{branch.EndedBy} after {target.Got} of {head}, error {branch.Error}, " +
                $"the kernel said {target.LastError}, would-block {target.WasFull}");
        }
    }

    /// <summary>A flow may wait for a target that is waited for, and for no other.</summary>
    private static void JudgeBlocked(SimDirection direction, bool hasTransit)
    {
        SimTarget? target = direction.Targets.FirstOrDefault(target => target.End == direction.Flow.BlockedBy);
        Require(target is not null, "waits for a target that is none");
        Require(
            target!.Branch.IsLiving && target.Options.OnLag == TeeLag.Wait && target.Branch.Ahead == 0,
            "waits for a target that nobody need wait for");
        Require(!target.End.Has(Readiness.Writable | Readiness.Closed), "waits for a target that is marked writable");
        Require(
            hasTransit == (target == direction.Mirror), "waits for a mirror with nothing to give, or for a tee with");
    }

    /// <summary>After the end of a flow: what a target has got by then, and why it has ended.</summary>
    private static void JudgeTargetEnds(SimDirection direction)
    {
        JudgeTargets(direction);
        TransferEnd end = direction.Flow.End;
        Require(
            direction.Mirror is not { Branch.IsLiving: true }, "a mirror goes on after its flow");
        foreach (SimTarget target in direction.Targets.Where(target => target.Branch.EndedBy == TeeEnd.EndOfStream))
        {
            bool isEnd = end == TransferEnd.EndOfStream
                || (target == direction.Mirror && end == TransferEnd.LimitReached);
            Require(isEnd, $"a target has got everything, the flow ended with {end}");
        }

        foreach (SimTarget target in direction.Tees.Where(_ => end == TransferEnd.EndOfStream))
        {
            Require(!target.Branch.IsLiving, "a tee goes on after the end of the stream");
        }
    }
}
