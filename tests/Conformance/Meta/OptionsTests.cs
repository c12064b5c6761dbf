// What options accept, what they refuse, and that a refusal names the option.
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Meta;

public sealed class OptionsTests
{
    private static readonly TimeSpan s_tooLong = TimeSpan.FromDays(25);

    public static TheoryData<string, object> Refused => new()
    {
        { nameof(TransferOptions.IdleTimeout), TimeSpan.Zero },
        { nameof(TransferOptions.IdleTimeout), TimeSpan.FromMilliseconds(-2) },
        { nameof(TransferOptions.IdleTimeout), s_tooLong },
        { nameof(TransferOptions.IdleTimeout), TimeSpan.MaxValue },
        { nameof(RelayOptions.LingerAfterHalfClose), TimeSpan.Zero },
        { nameof(RelayOptions.LingerAfterHalfClose), TimeSpan.MinValue },
        { nameof(RelayOptions.LingerAfterHalfClose), s_tooLong },
    };

    [Fact]
    [Cases("IO-07", "B-23", "X-13")]
    public void A_negative_limit_is_refused_where_it_is_written()
    {
        foreach (long limit in (long[])[-1, long.MinValue])
        {
            ArgumentOutOfRangeException e = Assert.Throws<ArgumentOutOfRangeException>(
                () => new TransferOptions { LimitBytes = limit });
            Assert.Equal((nameof(FlowOptions.LimitBytes), (object)limit), (e.ParamName, e.ActualValue));
            Assert.Throws<ArgumentOutOfRangeException>(() => new FlowOptions { LimitBytes = limit });
            Assert.Throws<ArgumentOutOfRangeException>(() => new TransferOptions() with { LimitBytes = limit });
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0L)]
    [InlineData(1L)]
    [InlineData(long.MaxValue)]
    [Cases("X-13")]
    public void Any_other_limit_is_kept(long? limit)
        => Assert.Equal(limit, new TransferOptions { LimitBytes = limit }.LimitBytes);

    [Theory]
    [InlineData(0L)]
    [InlineData(-1L)]
    public void A_rate_has_to_be_positive(long rate)
    {
        ArgumentOutOfRangeException e = Assert.Throws<ArgumentOutOfRangeException>(
            () => new FlowOptions { BytesPerSecond = rate });
        Assert.Equal((nameof(FlowOptions.BytesPerSecond), (object)rate), (e.ParamName, e.ActualValue));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    public void A_mode_that_does_not_exist_is_refused(int mode)
    {
        ArgumentOutOfRangeException e = Assert.Throws<ArgumentOutOfRangeException>(
            () => new FlowOptions { Mode = (TransferMode)mode });
        Assert.Equal(nameof(FlowOptions.Mode), e.ParamName);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_timeout_is_positive_and_fits_a_timer(string option, object value)
    {
        TimeSpan timeout = (TimeSpan)value;
        ArgumentOutOfRangeException e = Assert.Throws<ArgumentOutOfRangeException>(() => _ = option switch
        {
            nameof(RelayOptions.LingerAfterHalfClose) => new RelayOptions { LingerAfterHalfClose = timeout },
            _ => (object)new TransferOptions { IdleTimeout = timeout },
        });
        Assert.Equal((option, (object)timeout), (e.ParamName, e.ActualValue));
    }

    [Fact]
    public void The_longest_and_the_shortest_timeouts_are_kept()
    {
        foreach (TimeSpan timeout in (TimeSpan[])[
            TimeSpan.FromTicks(1), TimeSpan.FromMilliseconds(int.MaxValue), Timeout.InfiniteTimeSpan])
        {
            Assert.Equal(timeout, new TransferOptions { IdleTimeout = timeout }.IdleTimeout);
            RelayOptions relay = new() { IdleTimeout = timeout, LingerAfterHalfClose = timeout };
            Assert.Equal((timeout, timeout), (relay.IdleTimeout, relay.LingerAfterHalfClose));
        }
    }

    [Fact]
    public void A_relay_needs_options_for_both_directions()
    {
        ArgumentNullException left =
            Assert.Throws<ArgumentNullException>(() => new RelayOptions { LeftToRight = null! });
        ArgumentNullException right =
            Assert.Throws<ArgumentNullException>(() => new RelayOptions { RightToLeft = null! });
        Assert.Equal(
            (nameof(RelayOptions.LeftToRight), nameof(RelayOptions.RightToLeft)), (left.ParamName, right.ParamName));
    }

    [Fact]
    public void What_is_not_said_is_the_harmless_choice()
    {
        TransferOptions transfer = new();
        Assert.Equal(
            (null, TransferMode.Auto, null, null),
            (transfer.LimitBytes, transfer.Mode, transfer.BytesPerSecond, transfer.Progress));
        Assert.Equal((Timeout.InfiniteTimeSpan, false), (transfer.IdleTimeout, transfer.KeepUndelivered));
        Assert.True(transfer.Prefix.IsEmpty);
        RelayOptions relay = new();
        Assert.Equal((true, false), (relay.HalfClose, relay.CloseEndpoints));
        Assert.Equal((Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan),
            (relay.IdleTimeout, relay.LingerAfterHalfClose));
        Assert.Equal((new FlowOptions(), new FlowOptions()), (relay.LeftToRight, relay.RightToLeft));
    }

    [Fact]
    public void Options_are_values()
    {
        byte[] prefix = [1, 2, 3];
        TransferOptions first = new() { LimitBytes = 5, Prefix = prefix };
        Assert.Equal(first, first with { });
        Assert.NotEqual(first, first with { LimitBytes = 6 });
        Assert.Equal(5, (first with { Mode = TransferMode.CopyOnly }).LimitBytes);
    }
}
