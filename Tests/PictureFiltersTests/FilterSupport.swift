import KernelLanguage
import PictureFilters
import Raster

/// A picture of one row after the other.
func picture<Sample: FixedWidthInteger>(
  _ width: Int, _ height: Int, _ samples: [Sample]
) -> Picture {
  picture(width, height, .gray, samples)
}

/// A picture of interleaved pixels.
func picture<Sample: FixedWidthInteger>(
  _ width: Int, _ height: Int, _ color: ColorModel, _ samples: [Sample]
) -> Picture {
  Picture(
    PictureFormat(
      width: width, height: height, color: color,
      sample: MemoryLayout<Sample>.size == 1 ? .uint8 : .uint16),
    samples: samples)
}

/// Filters in memory and gives the samples back.
func filtered<Sample>(
  _ picture: Picture, _ stages: [Stage], _ options: FilterOptions = FilterOptions(),
  threads: Int = 1, as type: Sample.Type = Sample.self
) throws -> [Sample] {
  let plan = try FilterPlan(input: picture.format, stages: stages, options: options)
  let sink = PictureSink(plan.output)
  try plan.run(PictureSource(picture), into: sink, team: ThreadTeam(threads: threads))
  return sink.picture.samples()
}

func kernel(
  _ width: Int, _ height: Int, _ taps: [Double], scale: Double? = nil, offset: Double = 0
) -> Kernel {
  Kernel(width: width, height: height, taps: taps, scale: scale, offset: offset)
}

func correlate(_ kernel: Kernel, _ geometry: StageGeometry = StageGeometry()) -> Stage {
  Stage(.correlate(kernel), geometry: geometry, name: "kernel")
}

func box(_ width: Int, _ height: Int) -> Kernel {
  kernel(width, height, [Double](repeating: 1, count: width * height))
}

/// Samples of a Gaussian over ±⌊4σ + ½⌋, not normalised.
func gaussian(_ sigma: Double) -> Kernel {
  let radius = Int(4 * sigma + 0.5)
  let line = (-radius...radius).map { gaussianBell(-Double($0 * $0) / (2 * sigma * sigma)) }
  return Kernel(Kernel.Factors(column: line, row: line))
}

let sobelX = kernel(3, 3, [-1, 0, 1, -2, 0, 2, -1, 0, 1])
let sobelY = kernel(3, 3, [-1, -2, -1, 0, 0, 0, 1, 2, 1])

/// e to the power of x, by its series after halving.
func gaussianBell(_ x: Double) -> Double {
  var term = 1.0
  var sum = 1.0
  let small = x / 1024
  for n in 1..<20 {
    term *= small / Double(n)
    sum += term
  }
  for _ in 0..<10 { sum *= sum }
  return sum
}
