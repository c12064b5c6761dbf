using ScottPlot;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;
using Zerocopy.Bench.Load.Reporting;

namespace Zerocopy.Bench.Load.Plotting;

/// <summary>Draws plots with ScottPlot: thin, flat, on the page's own background.</summary>
internal static class Drawing
{
    /// <summary>To be counted up when a plot of the same data is to look different.</summary>
    internal const int Revision = 1;

    private const int Width = 760;
    private const int LinesHeight = 400;
    private const int BarThickness = 13;
    private const int FrameHeight = 120; // Title, axis and legend of a plot of bars.
    private const float TextSize = 13;
    private const float TitleSize = 15;

    private static readonly Color s_ink = Color.FromHex(Palette.Ink);

    private static readonly MarkerShape[] s_markers =
    [
        MarkerShape.FilledCircle, MarkerShape.FilledSquare, MarkerShape.FilledTriangleUp, MarkerShape.FilledDiamond,
        MarkerShape.Eks,
    ];

    internal static string Svg(Plot plot)
    {
        using ScottPlot.Plot canvas = new();
        Dress(canvas, plot.Title);
        int height = LinesHeight;
        if (plot.Kind == PlotKind.Bars)
        {
            DrawBars(canvas, plot);
            height = FrameHeight + (BarThickness * plot.Groups.Length * (plot.Series.Length + 1));
        }
        else
        {
            DrawLines(canvas, plot, isLogarithmic: plot.Kind == PlotKind.LogarithmicLines);
        }

        return SvgText.Clean(canvas.GetSvgXml(Width, height), plot.Title);
    }

    private static void Dress(ScottPlot.Plot canvas, string title)
    {
        canvas.FigureBackground.Color = Colors.Transparent;
        canvas.DataBackground.Color = Colors.Transparent;
        canvas.Axes.Color(s_ink);
        canvas.Axes.Right.FrameLineStyle.Width = 0;
        canvas.Axes.Top.FrameLineStyle.Width = 0;
        canvas.Grid.MajorLineColor = s_ink.WithAlpha(.25);
        canvas.Title(title, TitleSize);
        canvas.Axes.Title.Label.ForeColor = s_ink;
        foreach (IAxis axis in canvas.Axes.GetAxes())
        {
            axis.TickLabelStyle.FontSize = TextSize;
            axis.MinorTickStyle.Length = 0;
        }

        Legend legend = canvas.Legend;
        legend.BackgroundColor = Colors.Transparent;
        legend.OutlineWidth = 0;
        legend.ShadowColor = Colors.Transparent;
        legend.FontColor = s_ink;
        legend.FontSize = TextSize;
        legend.Orientation = Orientation.Horizontal;
        legend.TightHorizontalWrapping = true;
        canvas.ShowLegend(Edge.Bottom);
    }

    private static void DrawLines(ScottPlot.Plot canvas, Plot plot, bool isLogarithmic)
    {
        foreach (PlotSeries series in plot.Series)
        {
            Color color = Color.FromHex(Palette.ColorOf(series.Look));
            (double At, Sample Value)[] points =
            [
                .. plot.Positions.Zip(series.Values)
                    .Where(pair => pair.Second is not null)
                    .Select(pair => (pair.First, pair.Second!.Value)),
            ];
            foreach ((double at, Sample value) in points.Where(point => point.Value.Max > point.Value.Min))
            {
                LinePlot range = canvas.Add.Line(at, Scaled(value.Min), at, Scaled(value.Max));
                range.LineColor = color.WithAlpha(.4);
                range.LineWidth = 3;
            }

            Scatter line = canvas.Add.Scatter(
                points.Select(point => point.At).ToArray(),
                points.Select(point => Scaled(point.Value.Median)).ToArray());
            line.Color = color;
            line.LineWidth = 2;
            line.MarkerShape = s_markers[series.Look % s_markers.Length];
            line.MarkerSize = 8;
            line.LegendText = series.Name;
        }

        Sample[] values = [.. plot.Series.SelectMany(series => series.Values).OfType<Sample>()];
        (double least, double most) = (values.Min(value => value.Min), values.Max(value => value.Max));
        canvas.Axes.Bottom.TickGenerator = Ticks(plot.Positions, plot.Groups);
        canvas.XLabel(plot.GroupLabel, TextSize);
        canvas.YLabel(isLogarithmic ? plot.ValueLabel + ", logarithmic" : plot.ValueLabel, TextSize);
        Plain(canvas);
        canvas.Axes.SetLimits(
            plot.Positions[0] - 0.3,
            plot.Positions[^1] + 0.3,
            isLogarithmic ? Math.Log10(least * 0.9) : 0,
            isLogarithmic ? Math.Log10(most * 1.1) : most * 1.05);
        if (isLogarithmic)
        {
            double[] steps = [.. Steps(least * 0.9, most * 1.1)];
            canvas.Axes.Left.TickGenerator = Ticks(
                [.. steps.Select(Math.Log10)], [.. steps.Select(step => $"{step:0.###}")]);
        }

        double Scaled(double value) => isLogarithmic ? Math.Log10(value) : value;
    }

    private static void DrawBars(ScottPlot.Plot canvas, Plot plot)
    {
        double thickness = 1.0 / (plot.Series.Length + 1);
        for (int i = 0; i < plot.Series.Length; i++)
        {
            PlotSeries series = plot.Series[i];
            double shift = (((plot.Series.Length - 1) / 2.0) - i) * thickness;
            Bar[] bars =
            [
                .. plot.Positions.Zip(series.Values).Where(pair => pair.Second is not null).Select(pair => new Bar
                {
                    Position = shift - pair.First,
                    Value = pair.Second!.Value.Median,
                    Size = thickness * 0.9,
                    FillColor = Color.FromHex(Palette.ColorOf(series.Look)),
                    LineWidth = 0,
                    Orientation = Orientation.Horizontal,
                }),
            ];
            canvas.Add.Bars(bars).LegendText = series.Name;
        }

        double most = plot.Series.SelectMany(series => series.Values).OfType<Sample>().Max(value => value.Median);
        canvas.Axes.Left.TickGenerator = Ticks([.. plot.Positions.Select(position => -position)], plot.Groups);
        canvas.Axes.Left.MajorTickStyle.Length = 0;
        canvas.Grid.YAxisStyle.IsVisible = false;
        canvas.XLabel(plot.ValueLabel, TextSize);
        Plain(canvas);
        canvas.Axes.SetLimits(0, most * 1.05, -plot.Positions[^1] - 0.55, 0.55);
    }

    /// <summary>Labels are words beside the axis, not headings.</summary>
    private static void Plain(ScottPlot.Plot canvas)
    {
        canvas.Axes.Bottom.Label.Bold = canvas.Axes.Left.Label.Bold = canvas.Axes.Title.Label.Bold = false;
        canvas.Axes.Bottom.Label.ForeColor = canvas.Axes.Left.Label.ForeColor = s_ink;
    }

    private static NumericManual Ticks(double[] positions, string[] labels) => new(positions, labels);

    /// <summary>1, 2 and 5 of each decade.</summary>
    private static IEnumerable<double> Steps(double least, double most)
        => from decade in Enumerable.Range((int)Math.Floor(Math.Log10(least)), 12)
           from digit in (double[])[1, 2, 5]
           let step = digit * Math.Pow(10, decade)
           where step >= least && step <= most
           select step;
}
