// What a kernel of its version has, it has.
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Kernels;

[KernelOnly(Why.NotTheLibrary)]
public sealed class KernelFeatureTests
{
    public static TheoryData<string> Names => [.. KernelFeature.All.Select(feature => feature.Name)];

    /// <summary>One that is older may have got it, and one in between have lost it, with a correction of its series.
    /// </summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void It_is_in_every_kernel_that_should_have_it(string name)
    {
        KernelFeature feature = KernelFeature.All.Single(one => one.Name == name);
        Version here = Environment.OSVersion.Version;
        SysResult answer = feature.Ask();
        if (feature.Until is { } until && here >= until)
        {
            Assert.True(answer.IsError, $"{here} still does what {until} has no more");
        }
        else if (feature.Until is null && here >= feature.Since)
        {
            Assert.False(answer.IsError, $"{here} says {answer.Errno}");
        }

        Errno[] refusals = [default, Errno.EINVAL, Errno.EOPNOTSUPP, Errno.EXDEV]; // Which make the library copy.
        Assert.Contains(answer.Errno, refusals);
    }
}
