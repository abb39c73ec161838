import KernelLanguage
import PictureFilters
import Raster
import TestSupport
import Testing

@Suite("Floats that are no numbers, or infinite")
struct NumberlessTests {
  /// One sample that is no number, amid others.
  private static func picture(_ side: Int) -> Picture {
    var generator = SplitMix(state: 3)
    var samples = (0..<side * side).map { _ in Float.random(in: 0...1, using: &generator) }
    samples[side * (side / 2) + side / 2] = .nan
    return Picture(
      PictureFormat(width: side, height: side, color: .gray, sample: .float32), samples: samples)
  }

  @Test(
    "a window that holds what is no number yields none, and no other does",
    arguments: [
      ("maxpool:2", 1), ("minpool:2", 1), ("maxpool:size=3,stride=1", 9), ("median", 9),
      ("median:5", 25), ("rank:percent=90,size=3", 9), ("rank:percent=0,size=3", 9), ("erode", 9),
      ("dilate", 9), ("gradient", 9), ("unsharp:sigma=1", 81), ("box", 9), ("invert", 1),
      ("levels:10%,90%", 1), ("levels:10%,90%,2", 1), ("threshold", 1), ("sobel", 8),
    ])
  func windows(spec: String, none: Int) throws {
    let samples: [Float] = try filtered(Self.picture(20), [try KernelSpec.parse(spec)])
    #expect(samples.count { $0.isNaN } == none)
  }

  @Test("floats are inverted as far as they go")
  func inverted() throws {
    let format = PictureFormat(width: 6, height: 1, color: .gray, sample: .float32)
    let samples: [Float] = try filtered(
      Picture(format, samples: [-3, 0, 0.5, 5, .infinity, -.infinity] as [Float]),
      [try KernelSpec.parse("invert")])
    #expect(samples == [4, 1, 0.5, -4, -.infinity, .infinity])
  }

  @Test("a range is that of the finite results, and it is said what became of the others")
  func range() throws {
    var options = FilterOptions()
    options.depth = .eight
    options.range = .auto
    let format = PictureFormat(width: 5, height: 1, color: .gray, sample: .float32)
    let picture = Picture(format, samples: [-1, 0, 1, .infinity, -.infinity] as [Float])
    let plan = try FilterPlan(
      input: format, stages: [try KernelSpec.parse("identity")], options: options)
    let sink = PictureSink(plan.output)
    try plan.run(PictureSource(picture), into: sink, team: ThreadTeam(threads: 1))
    #expect(sink.picture.samples() as [UInt8] == [0, 128, 255, 255, 0])
    #expect(plan.lateWarnings == [.cutInfinities])
  }
}
