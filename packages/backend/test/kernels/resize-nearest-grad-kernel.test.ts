import { grad, image, tensor, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { describeBackend } from '@secateur/testing';
import { describe, expect, test } from 'vitest';

type Resize = (x: Tensor4D) => Tensor4D;

/** The gradient of a resize of `shape`, of which the result has the gradients 1, 2, 3 and so on. */
function slopes(resize: Resize, shape: [number, number, number, number]): number[] {
  return tidy(() => {
    const x = tensor(new Float32Array(shape.reduce((a, b) => a * b)), shape) as Tensor4D;
    const out = resize(x);
    const dy = tensor(
      Float32Array.from({ length: out.size }, (_, i) => i + 1),
      out.shape,
    );
    const slope = grad((given) => resize(given as Tensor4D))(x, dy);
    expect(slope.shape).toEqual(shape);
    return [...slope.dataSync()];
  });
}

const nearest =
  (height: number, width: number, aligned = false): Resize =>
  (x) =>
    image.resizeNearestNeighbor(x, [height, width], aligned);

describeBackend('gradients of resized images', () => {
  describe('that copy the nearest entry', () => {
    test('are sums over the copies, for every image of a batch', () => {
      expect(slopes(nearest(1, 4), [2, 1, 2, 1])).toEqual([1 + 2, 3 + 4, 5 + 6, 7 + 8]);
    });
    test('are zero where nothing was copied', () => {
      expect(slopes(nearest(1, 2), [1, 1, 4, 1])).toEqual([1, 0, 2, 0]);
    });
    test('end where one entry became many with aligned corners', () => {
      expect(slopes(nearest(2, 3, true), [1, 1, 3, 1])).toEqual([1 + 4, 2 + 5, 3 + 6]);
    });
  });
  test('that interpolate have the shape of the image, whatever its sides', () => {
    const linear: Resize = (x) => image.resizeBilinear(x, [1, 4]);
    // Entries of the result lie at 0, 0.5, 1 and 1.5 in each row, of which the last has no neighbour.
    expect(slopes(linear, [1, 1, 2, 1])).toEqual([1 + 1, 1 + 3 + 4]);
  });
});
