using Xunit;

namespace Zerocopy.Properties.Identity;

/// <summary>Tests that measure what the whole process does: one at a time.</summary>
[CollectionDefinition(nameof(RealKernel), DisableParallelization = true)]
public sealed class RealKernel;
