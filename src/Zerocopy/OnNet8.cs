// What net8.0 lacks, under the names that it has later. Nothing of this is in a build for anything newer.
#if !NET9_0_OR_GREATER

namespace Zerocopy
{
    /// <summary>An object to lock: System.Threading.Lock of later frameworks, as far as it is used here.</summary>
    internal sealed class Lock;
}

namespace System.Diagnostics.CodeAnalysis
{
    /// <summary>Tells the trimmer which switch a property stands for. It looks for the name; who runs on a later
    /// framework with this build of the library has one that does.</summary>
    [AttributeUsage(AttributeTargets.Property, Inherited = false)]
    internal sealed class FeatureSwitchDefinitionAttribute(string switchName) : Attribute
    {
        public string SwitchName { get; } = switchName;
    }
}

#endif
