// What a demo says of two routes that it has measured.
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Samples;

namespace Zerocopy.Conformance.Samples;

[KernelOnly(Why.NotTheLibrary)]
public sealed class DemoVerdictTests
{
    [Theory]
    [InlineData(new[] { 3.0, 1.0, 2.0 }, 2)]
    [InlineData(new[] { 4.0, 1.0, 2.0, 3.0 }, 2.5)]
    public void The_median_is_the_one_in_the_middle(double[] values, double median)
        => Assert.Equal(median, new Series(values).Median);

    [Theory]
    [InlineData(new[] { 100.0, 101, 102 }, new[] { 120.0, 121, 122 }, true)]
    [InlineData(new[] { 120.0, 121, 122 }, new[] { 100.0, 101, 102 }, true)]
    [InlineData(new[] { 100.0, 101, 102 }, new[] { 108.0, 109, 110 }, false)] // Less than a tenth.
    [InlineData(new[] { 100.0, 101, 125 }, new[] { 120.0, 121, 122 }, false)] // Within the spread.
    [InlineData(new[] { 100.0 }, new[] { 100.0 }, false)]
    public void Two_series_differ_by_a_tenth_and_beyond_their_spread(double[] one, double[] other, bool differ)
        => Assert.Equal(differ, new Series(one).DiffersFrom(new Series(other)));

    [Fact]
    public void What_differs_is_told_by_how_much()
    {
        string[] lines = Of(new Measured(new Series([200, 210, 220]), new Series([0.1, 0.1, 0.1]), 0.98));
        Assert.Equal("CPU of the relay: 0.100 s/GB spliced, 0.300 copied: spliced it takes 33 % of what copying takes.",
            lines[0]);
        Assert.Equal("Speed: 200 to 220 MB/s spliced, 100 copied: spliced is 2.1 times as fast.", lines[1]);
    }

    [Fact]
    public void What_does_not_differ_has_a_reason()
    {
        string[] lines = Of(new Measured(new Series([100, 99, 104]), new Series([0.28, 0.29, 0.3]), 0.01));
        Assert.All(lines, line => Assert.Contains(": no difference here, for the kernel moved few of the bytes", line,
            StringComparison.Ordinal));
        string[] others = Of(new Measured(new Series([100, 99, 104]), new Series([0.28, 0.29, 0.3]), 0.98));
        Assert.All(others, line =>
        {
            Assert.Contains(": no difference here, ", line, StringComparison.Ordinal);
            Assert.DoesNotContain("few of the bytes", line, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void What_is_worse_is_not_called_better()
    {
        string[] lines = Of(new Measured(new Series([50, 51, 52]), new Series([0.6, 0.61, 0.62]), 0.98));
        Assert.Contains("copying takes less here", lines[0], StringComparison.Ordinal);
        Assert.Contains("copying is faster here", lines[1], StringComparison.Ordinal);
    }

    private static string[] Of(Measured zeroCopy) => [.. new Verdict("relay", "spliced").Of(
        zeroCopy, new Measured(new Series([100, 100, 100]), new Series([0.3, 0.3, 0.3]), 0))];
}
