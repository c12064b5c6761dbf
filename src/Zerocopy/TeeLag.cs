namespace Zerocopy;

/// <summary>What happens when a target of a tee does not keep up.</summary>
public enum TeeLag
{
    /// <summary>Back-pressure: nobody gets a byte before this target has it.</summary>
    Wait,

    /// <summary>The target is detached in the moment when it would hold up the others; what it has not taken a quarter
    /// of a second later is dropped. What it has is the beginning of the stream, without a gap.</summary>
    Detach,
}
