import KernelLanguage
import Raster
import Testing

@Suite("The lecture's examples")
struct LectureTests {
  static let sharpen = kernel(3, 3, [0, -1, 0, -1, 5, -1, 0, -1, 0])

  @Test("the first window of the sharpened matrix sums to 89, the second to 111")
  func worked() throws {
    let samples: [UInt8] = [
      105, 102, 100, 97, 96, 103, 99, 103, 101, 102, 101, 98, 104, 102, 100, 99, 101, 106, 104, 99,
      104, 104, 104, 100, 98,
    ]
    let result: [UInt8] = try filtered(
      picture(5, 5, samples), [correlate(Self.sharpen, StageGeometry(padding: .valid))])
    #expect(result.count == 9)
    #expect(Array(result.prefix(2)) == [89, 111])
  }

  @Test("with zeros around it the first output is 114")
  func zeroPadded() throws {
    let samples: [UInt8] = [
      60, 113, 56, 139, 85, 73, 121, 54, 84, 128, 131, 99, 70, 129, 127, 80, 57, 115, 69, 134, 104,
      126, 123, 95, 130,
    ]
    let result: [UInt8] = try filtered(
      picture(5, 5, samples), [correlate(Self.sharpen, StageGeometry(padding: .zero))])
    #expect(result.count == 25)
    #expect(result[0] == 114)
  }
}
