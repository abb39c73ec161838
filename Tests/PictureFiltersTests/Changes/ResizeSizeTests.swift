import KernelLanguage
import PictureFilters
import Raster
import Testing

@Suite("The size of a resized picture")
struct ResizeSizeTests {
  @Test(
    "is what its specification says",
    arguments: [
      ("resize:800", [800, 533]), ("resize:width=800", [800, 533]),
      ("resize:height=400", [600, 400]), ("resize:x400", [600, 400]),
      ("resize:800x800", [800, 533]), ("resize:800x100", [150, 100]),
      ("resize:800x100,fit=outside", [800, 533]), ("resize:800x100^", [800, 533]),
      ("resize:800x100,fit=fill", [800, 100]), ("resize:800x100!", [800, 100]),
      ("resize:800x100,fit=cover", [800, 100]), ("resize:50%", [1500, 1000]),
      ("resize:scale=0.1", [300, 200]), ("resize:33.34%", [1000, 667]),
      ("resize:longest=1600", [1600, 1067]), ("resize:shortest=500", [750, 500]),
      ("resize:1", [1, 1]), ("resize:0.0001%", [1, 1]), ("thumbnail:800", [800, 533]),
      // Never larger, unless it is asked for.
      ("resize:4000", [3000, 2000]), ("resize:200%", [3000, 2000]),
      ("resize:800x600>", [800, 533]), ("resize:longest=9999", [3000, 2000]),
      ("resize:4000x100,fit=fill", [3000, 100]), ("resize:9000x100,fit=cover", [3000, 100]),
      ("resize:4000,enlarge=yes", [4000, 2667]), ("resize:200%,enlarge=yes", [6000, 4000]),
      ("resize:9000x100,fit=cover,enlarge=yes", [9000, 100]),
    ])
  func sizes(spec: String, expected: [Int]) throws {
    #expect(try size(spec, of: 3000, 2000) == expected)
  }

  @Test("under cover shows the middle at one scale")
  func cover() throws {
    // Columns 0 … 9: the middle six are 2 … 7, two to a pixel.
    let line = (0..<10).map { UInt8($0 * 10) }
    let picture = picture(10, 2, line + line)
    let result: [UInt8] = try filtered(picture, [change("resize:3x1,fit=cover,method=area")])
    #expect(result == [25, 45, 65])
    // What is not scaled stays whole pixels.
    let cut: [UInt8] = try filtered(picture, [change("resize:5x9,fit=cover")])
    #expect(cut == Array(line[2..<7] + line[2..<7]))
  }

  @Test(
    "cannot be had from words that do not say it",
    arguments: [
      "resize", "resize:0", "resize:-5", "resize:x", "resize:1x2x3", "resize:800,longest=5",
      "resize:50%,width=3", "resize:0%", "resize:nan%", "resize:800,fit=cover",
      "resize:8x8,fit=round", "resize:8,method=sharp", "resize:8,enlarge=maybe",
      "resize:8,stride=2",
      "resize:8,padding=wrap", "resize:8,9", "resize:9999999", "resize:8@", "resize:8;sobel",
    ])
  func wrong(spec: String) {
    #expect(throws: KernelError.self) { _ = try change(spec) }
  }

  @Test("takes the names of other programs for its methods")
  func methods() throws {
    for (name, method) in [
      ("cubic", "catmull-rom"), ("bicubic", "catmull-rom"), ("lanczos", "lanczos3"),
      ("box", "area"), ("linear", "bilinear"),
    ] {
      #expect(
        try change("resize:8,method=\(name)").operation
          == change("resize:8,method=\(method)").operation)
    }
  }
}
