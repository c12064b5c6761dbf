// Marks what says nothing about a pipe in memory.
namespace Zerocopy.Conformance.Pipes;

/// <summary>Left out when a class of tests runs again under <c>Zerocopy.CopyOnly</c>: it is about the kernel, or asks
/// it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class KernelOnlyAttribute : Attribute;
